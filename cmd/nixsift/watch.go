package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/watch"
	"github.com/nixsift/nixsift/internal/workspace"
)

// clearScreen empties the screen of a terminal, not what can be scrolled back to.
const clearScreen = "\x1b[H\x1b[2J"

// checkAgainAndAgain checks whenever something changes that the run before depended on, until a signal comes. SIGINT is the
// usual end: the status is that of the last run then.
func (f *checkFlags) checkAgainAndAgain(ctx context.Context, s streams, wd string) error {
	tree := watch.New(workspace.OS)
	defer tree.Close()
	f.opts.FS = tree
	f.meter = f.startMeter(s)
	defer func() { f.meter.stop() }()
	e, err := engine.New(f.opts)
	if err != nil {
		return err
	}
	again := e.Repeat()
	var change watch.Change
	var last error
	for first := true; ; first = false {
		start := time.Now()
		res, err := again.Run(ctx, engine.Changed{Files: change.Files, Disk: change.Disk, Everything: change.Everything})
		f.meter.stop()
		if err == nil {
			if last, err = f.tellWatched(s, tree, res, wd, time.Since(start)); err != nil {
				return err
			}
			f.dependOnGit(tree, again)
			change, err = tree.Wait(ctx)
		}
		switch {
		case err == nil:
		case ctx.Err() == nil:
			return err
		case first && res == nil || isTerminated(ctx):
			return stopped(ctx, s)
		default:
			return last
		}
	}
}

// tellWatched tells the outcome of one run among several, and returns its status as an error.
func (f *checkFlags) tellWatched(s streams, tree *watch.Tree, res *engine.Result, wd string, took time.Duration) (result, err error) {
	if s.outTerminal != nil && os.Getenv("TERM") != "dumb" {
		if _, err := io.WriteString(s.out, clearScreen); err != nil {
			return nil, err
		}
	}
	run := f.reportOf(s, res, wd, took)
	var outcome fixOutcome
	if !f.writeFiles(s, wd, run, f.refusalOf(wd, res)) {
		outcome.failed = true
	}
	for _, o := range f.files {
		tree.Known(absolute(wd, o.path))
	}
	if err := f.print(s, run); err != nil {
		return nil, err
	}
	f.tellMore(s, run)
	if b, ok := s.out.(interface{ Flush() error }); ok {
		if err := b.Flush(); err != nil {
			return nil, fmt.Errorf("writing the report: %w", err)
		}
	}
	f.tellBeside(s, wd, res, took)
	if !f.quiet {
		how := ""
		if tree.Polls() {
			how = " (the system does not tell of changes, so they are looked for)"
		}
		fmt.Fprintf(s.err, "nixsift: checked in %d ms; waiting for changes%s, Ctrl-C ends\n", took.Milliseconds(), how)
	}
	return exitStatus(res, f.gate, f.exitZero, outcome), nil
}

// dependOnGit makes the files of Git count that say what it tracks and ignores.
func (f *checkFlags) dependOnGit(tree *watch.Tree, again *engine.Repeat) {
	for _, index := range again.IndexFiles() {
		dir := filepath.Dir(index)
		for _, path := range []string{index, filepath.Join(dir, "info", "exclude"), filepath.Join(dir, "config")} {
			tree.Depend(path)
		}
	}
}
