package main

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const getUserInfo = "/user.UserSrvServer/GetUserInfo"

type userServer interface {
	GetUserInfo(context.Context, *wrapperspb.StringValue) (*wrapperspb.StringValue, error)
}

// What protoc would generate from user.proto, written by hand: building it needs Go alone.
var userService = grpc.ServiceDesc{
	ServiceName: "user.UserSrvServer",
	HandlerType: (*userServer)(nil),
	Metadata:    "user.proto",
	Methods: []grpc.MethodDesc{{
		MethodName: "GetUserInfo",
		Handler: func(server any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
			request := new(wrapperspb.StringValue)
			if err := decode(request); err != nil {
				return nil, err
			}
			handle := func(ctx context.Context, request any) (any, error) {
				return server.(userServer).GetUserInfo(ctx, request.(*wrapperspb.StringValue))
			}
			if intercept == nil {
				return handle(ctx, request)
			}
			return intercept(ctx, request, &grpc.UnaryServerInfo{Server: server, FullMethod: getUserInfo}, handle)
		},
	}},
}

type users struct {
	service string
	// Where to ask on; nil at the end of the chain.
	next *grpc.ClientConn
}

var errNobody = errors.New("no such user")

// GetUserInfo answers "<service>:<name>", or "<service> > <answer>" where another one is asked on.
// The name "nobody" is an error.
func (u *users) GetUserInfo(ctx context.Context, request *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
	ctx, span := otel.Tracer("UserSrvServer").Start(ctx, "GetUserInfo", trace.WithAttributes(
		attribute.String("testset", "value"),
		attribute.Int("user.id", 7),
		attribute.Float64("ratio", 0.5),
		attribute.Bool("vip", true),
		attribute.StringSlice("roles", []string{"a", "b"}),
	))
	defer span.End()
	if tenant := baggage.FromContext(ctx).Member("tenant").Value(); tenant != "" {
		span.SetAttributes(attribute.String("tenant", tenant))
	}
	span.AddEvent("cache miss", trace.WithAttributes(attribute.Int("attempt", 1)))
	if u.next != nil {
		answer, err := call(ctx, u.next, request.GetValue())
		if err != nil {
			return nil, fail(span, err)
		}
		return wrapperspb.String(u.service + " > " + answer), nil
	}
	if request.GetValue() == "nobody" {
		return nil, status.Error(grpccodes.NotFound, fail(span, errNobody).Error())
	}
	return wrapperspb.String(u.service + ":" + request.GetValue()), nil
}

func fail(span trace.Span, err error) error {
	span.RecordError(err)
	span.SetStatus(codes.Error, err.Error())
	return err
}

func call(ctx context.Context, conn *grpc.ClientConn, name string) (string, error) {
	answer := new(wrapperspb.StringValue)
	if err := conn.Invoke(ctx, getUserInfo, wrapperspb.String(name), answer); err != nil {
		return "", err
	}
	return answer.GetValue(), nil
}
