// A Go service of the kind that the Node.js one stands beside: gRPC, traced by the OpenTelemetry
// SDK, sent to Jaeger by its exporter. It serves user.UserSrvServer, or calls one and ends.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() (err error) {
	var cfg config
	flag.StringVar(&cfg.service, "service", "user-srv", "service.name")
	flag.StringVar(&cfg.namespace, "namespace", "oracle", "namespace in the resource")
	flag.StringVar(&cfg.address, "address", "", "address in the resource; default: where it listens")
	flag.StringVar(&cfg.jaeger, "jaeger", "", "URL of Jaeger's collector, with /api/traces")
	listen := flag.String("listen", "127.0.0.1:0", "where to serve")
	next := flag.String("next", "", "host:port of a user.UserSrvServer to ask on")
	calls := flag.String("call", "", "host:port of a user.UserSrvServer to call; then end")
	name := flag.String("name", "gopher", "whom to ask for with -call")
	flag.Parse()

	var listener net.Listener
	if *calls == "" {
		if listener, err = net.Listen("tcp", *listen); err != nil {
			return err
		}
		if cfg.address == "" {
			cfg.address = listener.Addr().String()
		}
	}
	provider, err := initTracing(cfg)
	if err != nil {
		return err
	}
	defer func() {
		if exitErr := exitTracing(provider); err == nil {
			err = exitErr
		}
	}()
	if *calls != "" {
		return callOnce(*calls, *name)
	}
	return serve(listener, cfg.service, *next)
}

func dial(target string) (*grpc.ClientConn, error) {
	return grpc.NewClient(target,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()))
}

func callOnce(target, name string) error {
	conn, err := dial(target)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	answer, err := call(ctx, conn, name)
	if err != nil {
		return err
	}
	fmt.Println(answer)
	return nil
}

func serve(listener net.Listener, service, next string) error {
	server := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
	handler := &users{service: service}
	if next != "" {
		conn, err := dial(next)
		if err != nil {
			return err
		}
		defer conn.Close()
		handler.next = conn
	}
	server.RegisterService(&userService, handler)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-signals
		server.GracefulStop()
	}()
	fmt.Println("listening on", listener.Addr())
	return server.Serve(listener)
}
