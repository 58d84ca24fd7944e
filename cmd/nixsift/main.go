// Command nixsift checks Nix code, flakes, lock files and CI files for what will break, leak, drift or rot,
// without evaluating anything.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/version"
	_ "github.com/nixsift/nixsift/rules/all"
)

// The exit statuses. The highest that applies wins.
const (
	exitClean    = 0
	exitFindings = 1
	exitUsage    = 2 // wrong call or configuration, or a file that could not be read, analysed or written
	exitInternal = 3 // a bug of nixsift

	// A shell gives these to programs that SIGINT and SIGTERM end.
	exitInterrupted = 130
	exitTerminated  = 143
)

// maxStack bounds the stack of a goroutine, in bytes. Recursion is bounded far below; this is for what is not known.
const maxStack = 256 << 20

// memoryLimit is the memory, in bytes, at which the collector does not wait any more until the heap has doubled. Nearly
// all runs need a fraction of it.
const memoryLimit = 512 << 20

// status is an error that only sets the exit status: everything has been said already.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// streams are the standard streams of a run. out may be buffered, direct is the same without a buffer.
type streams struct {
	in               io.Reader
	out, direct, err io.Writer
	// outTerminal and errTerminal return the columns of the terminal that a stream goes to, or 0; nil is no terminal.
	outTerminal, errTerminal func() int
}

func main() {
	abortOnFatal()
	boundMemory()
	// Memory that is never touched costs nothing, but counts for the pace of the collector, which starts whenever
	// the heap has grown by a part of itself: all the time, where it is small. By half, so that large runs take less.
	// In pieces, since one that begins where something was freed is cleared, and so touched, as a whole.
	pace := debug.SetGCPercent(-1)
	var reserve [18][]byte
	for i := range reserve {
		reserve[i] = make([]byte, 4<<20)
	}
	if os.Getenv("GOGC") == "" {
		pace = 50
	}
	debug.SetGCPercent(pace)
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	code := run(os.Args[1:], streams{os.Stdin, out, os.Stdout, os.Stderr, terminalOf(os.Stdout), terminalOf(os.Stderr)})
	// A reader that goes away ends the program by SIGPIPE, where there is such a signal.
	if err := out.Flush(); err != nil && !errors.Is(err, syscall.EPIPE) && code < exitUsage {
		fmt.Fprintf(os.Stderr, "nixsift: writing the output: %v\n", err)
		code = exitUsage
	}
	runtime.KeepAlive(reserve)
	os.Exit(code)
}

// abortOnFatal makes the program end by SIGABRT, which is 134 in a shell, where Go's runtime cannot go on: without
// memory or stack, or with a map in disorder. It would end with 2, the status of a wrong call, and cannot be caught.
func abortOnFatal() {
	debug.SetTraceback("crash")
	debug.SetMaxStack(maxStack)
}

// boundMemory lets the collector work harder where much memory is used, unless GOMEMLIMIT says how much may be.
func boundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// run executes one command line and returns the exit status. A panic that nothing else contains is told as what it is.
func run(args []string, s streams) (code int) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(s.err, "nixsift: internal error, please report it: %v\n%s", v, debug.Stack())
			code = exitInternal
		}
	}()
	root := newRoot(s)
	root.SetArgs(behindFlags(args))
	root.InitDefaultCompletionCmd(args...)
	refuseUnknown(root, "completion")
	refuseUnknown(root, "hook")
	err := root.Execute()
	var st status
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &st):
		return int(st)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(s.err, "nixsift: interrupted")
		return exitInterrupted
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(s.err, "nixsift: %s\n", report.Visible(line))
	}
	return exitUsage
}

// newRoot returns the command that all others belong to.
func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "nixsift",
		Short:         "A static analyzer and linter for Nix",
		Long:          "nixsift reads Nix code, flakes, lock files and CI files and says what will break, leak, drift or rot.\nNothing is evaluated; no Nix is needed.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version.String(),
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("nixsift {{.Version}}\n")
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(cmd.Flags(), err) })
	root.SetHelpCommand(helpCommand())
	root.AddCommand(checkCommand(s), fixCommand(s), parseCommand(s), rulesCommand(s), explainCommand(s), initCommand(s), hookCommand(s), configCommand(s), filesCommand(s), versionCommand(s), lspCommand(s), baselineCommand(s), suppressCommand(s), inputsCommand(s), followsCommand(s), whatCommand(s), queryCommand(s), testRulesCommand(s))
	return root
}

// helpCommand is cobra's help command, but that an unknown name is a wrong call.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return fmt.Errorf("no help about %q: `nixsift help` lists the commands", strings.Join(args, " "))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// refuseUnknown makes an unknown subcommand of a command a wrong call, where cobra shows the help.
func refuseUnknown(root *cobra.Command, name string) {
	for _, cmd := range root.Commands() {
		if cmd.Name() == name {
			cmd.Args = noCommand
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}
