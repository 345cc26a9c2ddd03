import { useEffect, useRef } from 'preact/hooks';

const groups: readonly { readonly name: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    name: 'Everywhere',
    keys: [
      ['/', 'search, or find in the trace'],
      ['?', 'these keys'],
      ['Esc', 'leave a field, close what is open'],
    ],
  },
  {
    name: 'Traces',
    keys: [
      ['j k', 'next and previous trace'],
      ['Enter', 'open it'],
      ['x', 'pick it for comparing'],
      ['c', 'compare the two that are picked'],
    ],
  },
  {
    name: 'A trace',
    keys: [
      ['j k', 'next and previous span'],
      ['h l', 'close and open what is below it'],
      ['n N', 'next and previous span that was found'],
      ['e', 'next span with an error'],
      ['p', 'critical path on or off'],
      ['z', 'the whole trace again'],
      ['1 2 3', 'timeline, flame graph, table'],
    ],
  },
];

interface HelpDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function HelpDialog({ isOpen, onClose }: HelpDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="help-title"
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <h2 id="help-title">Keys</h2>
      <div class="help-groups">
        {groups.map(({ name, keys }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
