package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/version"
	"github.com/nixsift/nixsift/lsp"
)

// serverMemory is the memory, in bytes, at which the collector works harder in the server: less than for other commands, since it stays
// beside an editor for long. What the facts of 45,000 files and a document of megabytes need is a part of it.
const serverMemory = 384 << 20

func lspCommand(s streams) *cobra.Command {
	var opts lsp.Options
	var stdio bool
	var socket int
	var others otherTransports
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Run the language server on standard input and output",
		Long: "Run the language server on standard input and output. The findings in an editor are those of `nixsift check`, with the\n" +
			"same configuration.\n\nExit status: 0 if the client asked for a shutdown before it left, else 1; 2 wrong call.",
		Args: func(cmd *cobra.Command, args []string) error {
			return cmp.Or(others.refuse(cmd.Flags()), cobra.NoArgs(cmd, args))
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkEngineFlags(cmd.Flags(), &opts.Engine); err != nil {
				return err
			}
			if !stdio && !cmd.Flags().Changed("socket") {
				return errors.New("--stdio=false: standard input and output are the way to talk to the server, unless --socket names a port")
			}
			if os.Getenv("GOMEMLIMIT") == "" {
				debug.SetMemoryLimit(serverMemory)
			}
			// A client that goes away is no reason to end in the middle of something, nor is one that closes the log.
			signal.Ignore(syscall.SIGPIPE)
			opts.Version, opts.Log = version.String(), s.err
			in, out := s.in, s.direct
			if cmd.Flags().Changed("socket") {
				conn, err := dial(socket)
				if err != nil {
					return err
				}
				defer func() { _ = conn.Close() }()
				in, out = struct{ io.Reader }{conn}, conn // it is not closed when no more is read: the answers are to go
			}
			code, err := lsp.Serve(in, out, opts)
			if err != nil || code == exitClean {
				return err
			}
			return status(code)
		},
	}
	flags := cmd.Flags()
	addEngineFlags(flags, &opts.Engine)
	flags.BoolVar(&stdio, "stdio", true, "talk on standard input and output, as without the flag, which some editors give")
	flags.BoolVar(&opts.DiagnosticsOnly, "diagnostics-only", false, "offer diagnostics and what mends them only, as beside another language server")
	flags.IntVar(&opts.ClientProcess, "clientProcessId", 0, "end when the process of this `number` does, as editors ask for")
	flags.IntVar(&socket, "socket", 0, "connect to this `port` of the local machine and talk there, for looking at what goes to and fro")
	others.add(flags)
	return cmd
}

// dial connects to a client that listens at a port of the local machine.
func dial(port int) (net.Conn, error) {
	if port < 1 || port > math.MaxUint16 {
		return nil, fmt.Errorf("--socket %d: write the port at which the client listens, from 1 to %d", port, math.MaxUint16)
	}
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("--socket %d: nobody listens there: %w", port, err)
	}
	return conn, nil
}

// otherTransports are the flags by which editors ask for ways to talk that there are not.
type otherTransports []string

func (o *otherTransports) add(flags *pflag.FlagSet) {
	for _, name := range []string{"pipe", "port", "tcp", "node-ipc"} {
		*o = append(*o, name)
		flags.String(name, "", "not supported: talk on standard input and output")
		flags.Lookup(name).NoOptDefVal = " "
		flags.Lookup(name).Hidden = true
	}
}

// refuse reports the first of the flags that was given.
func (o otherTransports) refuse(flags *pflag.FlagSet) error {
	for _, name := range o {
		if flags.Changed(name) {
			return fmt.Errorf("--%s: the server talks on standard input and output, or to a port with --socket; start it with `nixsift lsp --stdio`", name)
		}
	}
	return nil
}
