/** Round times inside a range, about `wanted` of them. */
export function timeTicks(fromUs: number, toUs: number, wanted: number): number[] {
  const rangeUs = toUs - fromUs;
  if (!(rangeUs > 0) || wanted < 1) return [];
  const rough = rangeUs / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? 10 * power;
  const first = Math.ceil(fromUs / step);
  const last = Math.floor(toUs / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}
