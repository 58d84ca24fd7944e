package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/inventory"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/workspace"
)

// lockedInputJSON is one entry of `nixsift inputs --format json`; docs/schema/inputs-v1.schema.json describes it.
type lockedInputJSON struct {
	Path         []string            `json:"path"`
	Node         string              `json:"node,omitempty"`
	Kind         string              `json:"kind"`
	From         string              `json:"from"`
	Flake        bool                `json:"flake"`
	Revision     string              `json:"revision,omitempty"`
	LastModified string              `json:"lastModified,omitempty"`
	NarHash      string              `json:"narHash,omitempty"`
	Credentials  string              `json:"credentials"`
	Follows      map[string][]string `json:"follows"`
	Caches       []string            `json:"caches"`
	Jobs         []jobJSON           `json:"jobs"`
	Archived     bool                `json:"archived"`
	Why          string              `json:"why,omitempty"`
	StorePath    string              `json:"storePath,omitempty"`
	InStore      bool                `json:"inStore"`
}

type jobJSON struct {
	File string `json:"file"`
	Name string `json:"name,omitempty"`
}

func inputsCommand(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "inputs [FLAKE]",
		Short: "List the inputs that a flake locks, and how each comes to a machine",
		Long: "List the inputs that a flake locks, by default that of the folder you stand in: from where each is fetched and with whose\n" +
			"credentials, its revision and age, what follows what, which cache the flake names for it, which CI jobs need a key for it, whether\n" +
			"`nix flake archive` carries it to a machine without a network, and whether its source is in the store. Nothing is fetched.\n\n" +
			"Exit status: 0, or 2 for what is wrong with the call, and where there is no flake or its lock file cannot be read.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("unknown format %q: use text or json", format)
			}
			return listInputs(s, format, args)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "output format: text or json")
	return cmd
}

func listInputs(s streams, format string, args []string) error {
	wd, dir, view, err := openFlake(args)
	if err != nil {
		return err
	}
	inputs, unread := inventory.Of(view.FlakeIn(dir), view, flake.StoreDir, func(path string) bool {
		_, err := os.Lstat(path)
		return err == nil
	})
	for _, file := range unread {
		fmt.Fprintf(s.err, "nixsift: %s cannot be read wholly, so jobs in it that need a key may be missing; `nixsift check` says why\n", report.Visible(file))
	}
	if format == "json" {
		return inputsJSON(s, slashed(wd, dir), inputs)
	}
	return inputsText(s, inputs, time.Now())
}

// openFlake finds the flake that an argument names and reads it. Where its lock file is there, and nothing is known of it, that is
// an error.
func openFlake(args []string) (wd, dir string, view *project.View, err error) {
	arg := strings.Join(args, "")
	if len(args) > 0 && arg == "" {
		return wd, dir, nil, errors.New("the name of the flake is empty: name its folder, or leave it out for the one you stand in")
	}
	if wd, err = workingDir(); err != nil {
		return wd, dir, nil, err
	}
	if dir, err = flakeFolder(wd, arg); err != nil {
		return wd, dir, nil, err
	}
	view = project.New(workspace.OS).ViewOf(dir)
	if view.FlakeIn(dir) == nil {
		return wd, dir, nil, fmt.Errorf("%s cannot be read", shown(wd, filepath.Join(dir, "flake.nix")))
	}
	if err := view.RepoError(); err != nil {
		return wd, dir, nil, fmt.Errorf("the repository around %s cannot be read: %w", shown(wd, dir), err)
	}
	file := filepath.Join(dir, "flake.nix")
	switch nix := view.FlakeIn(dir).Nix; {
	case nix.Tree.Root().HasError():
		return wd, dir, nil, fmt.Errorf("%s has syntax errors: `nixsift check` tells them", shown(wd, file))
	case !nix.InputsLiteral:
		return wd, dir, nil, fmt.Errorf("%s: the inputs are not literal, so that Nix refuses them: `nixsift check` tells where", shown(wd, file))
	}
	lock := view.LockIn(dir)
	if err := unreadLock(lock, shown(wd, lock.Path)); err != nil {
		return wd, dir, nil, err
	}
	f := view.FlakeIn(dir)
	for _, in := range f.Nix.AllInputs() {
		if _, ok := f.Resolve([]string{in.Name}); !ok && in.Follows != nil && lock.Lock != nil {
			return wd, dir, nil, fmt.Errorf("%s: %s follows nothing that flake.lock has, or itself in a circle: `nixsift check` tells which", shown(wd, file), in.Name)
		}
	}
	return wd, dir, view, nil
}

// flakeFolder returns the folder of the flake that an argument names: a folder, or a flake.nix or flake.lock; by default the
// working directory or the next folder above it that has a flake.nix.
func flakeFolder(wd, arg string) (string, error) {
	has := func(dir string) bool {
		_, err := os.Stat(filepath.Join(dir, "flake.nix"))
		return err == nil
	}
	if arg == "" {
		for dir := wd; ; dir = filepath.Dir(dir) {
			if has(dir) {
				return dir, nil
			}
			if dir == filepath.Dir(dir) {
				return "", errors.New("there is no flake.nix here or in a folder above: name the folder of a flake")
			}
		}
	}
	dir := absolute(wd, arg)
	if base := filepath.Base(dir); base == "flake.nix" || base == "flake.lock" {
		dir = filepath.Dir(dir)
	}
	if has(dir) {
		return dir, nil
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s does not exist: name the folder of a flake on this machine", arg)
	}
	return "", fmt.Errorf("%s has no flake.nix", arg)
}

// unreadLock returns why nothing is known of a lock file that is there, which is shown by some name, or nil.
func unreadLock(lock *flake.LockFile, name string) error {
	switch lock.State {
	case flake.LockNone:
		return nil
	case flake.LockUnreadable:
		err := lock.Unread
		if at := (*fs.PathError)(nil); errors.As(err, &at) {
			err = at.Err // the name is told
		}
		return fmt.Errorf("%s cannot be read: %w", name, err)
	case flake.LockUntracked:
		return fmt.Errorf("%s is not tracked by Git, so Nix does not read it: `git add` it", name)
	case flake.LockLink, flake.LockFolder, flake.LockSpecial:
		return fmt.Errorf("%s is no regular file, and Nix does not read it", name)
	}
	if lock.Error != nil {
		if text, err := workspace.OS.ReadFile(lock.Path); err == nil && int(lock.Error.Offset) <= len(text) && !lock.Error.Blank {
			at := source.NewLineIndex(string(text)).Position(lock.Error.Offset)
			name = fmt.Sprintf("%s:%d:%d", name, at.Line, at.Column)
		}
		return fmt.Errorf("%s: the lock file is not JSON, so Nix cannot read it: %w", name, lock.Error)
	}
	if lock.Lock == nil || lock.Lock.RootNode() == nil || len(lock.Lock.Problems) > 0 {
		return fmt.Errorf("%s is no lock file that Nix reads: `nixsift check` says why", name)
	}
	return nil
}

func inputsJSON(s streams, dir string, inputs []inventory.Input) error {
	out := struct {
		Version int               `json:"version"`
		Flake   string            `json:"flake"`
		Inputs  []lockedInputJSON `json:"inputs"`
	}{1, dir, []lockedInputJSON{}}
	for _, in := range inputs {
		entry := lockedInputJSON{
			Path: in.Path, Node: in.Node, Kind: in.Kind, From: in.From, Flake: in.IsFlake, Revision: in.Rev, NarHash: in.NarHash,
			Credentials: string(in.Needs), Follows: map[string][]string{}, Caches: in.Caches, Jobs: []jobJSON{}, Archived: in.Archived,
			Why: in.Why, StorePath: in.StorePath, InStore: in.InStore,
		}
		if in.LastModified > 0 {
			entry.LastModified = time.Unix(in.LastModified, 0).UTC().Format(time.RFC3339)
		}
		if entry.Caches == nil {
			entry.Caches = []string{}
		}
		for _, f := range in.Follows {
			entry.Follows[f.Name] = f.Target
		}
		for _, j := range in.Jobs {
			entry.Jobs = append(entry.Jobs, jobJSON(j))
		}
		out.Inputs = append(out.Inputs, entry)
	}
	return writeJSON(s, out)
}

// inputsWidth is the width of the table in columns.
const inputsWidth = 100

// inputsText writes a line for each input, and below them what does not fit in one.
func inputsText(s streams, inputs []inventory.Input, now time.Time) error {
	if len(inputs) == 0 {
		_, err := fmt.Fprintln(s.out, "the flake has no inputs")
		return err
	}
	rows := [][]string{{"INPUT", "FROM", "KIND", "REV", "AGE", "NEEDS", "ARCHIVE", "STORE"}}
	for _, in := range inputs {
		row := []string{strings.Join(in.Path, "/"), in.From, in.Kind, shortRev(in.Rev), age(in.LastModified, now), needs[in.Needs], yes(in.Archived), yes(in.InStore)}
		if in.StorePath == "" {
			row[7] = ""
		}
		for i := range row {
			row[i] = report.Visible(cmp.Or(row[i], "-"))
		}
		rows = append(rows, row)
	}
	fit(rows, inputsWidth)
	if err := writeColumns(s.out, rows); err != nil {
		return err
	}
	for _, in := range inputs {
		for _, note := range notes(in) {
			line := clip(report.Visible(strings.Join(in.Path, "/")), inputsWidth/2) + ": " + report.Visible(note)
			if _, err := fmt.Fprintln(s.out, wrapped(line, inputsWidth)); err != nil {
				return err
			}
		}
	}
	ready, carried, keys, private := 0, 0, 0, false
	for _, in := range inputs {
		ready += count(in.InStore)
		carried += count(in.Archived)
		keys += count(in.Needs == inventory.NeedsKey)
		private = private || strings.HasSuffix(needs[in.Needs], "*")
	}
	if private {
		fmt.Fprintln(s.out, "* where the repository is private: access-tokens in nix.conf, or netrc")
	}
	_, err := fmt.Fprintf(s.out, "%s: %d carried by `nix flake archive`, %d in the store, %d by SSH key\n", plural(len(inputs), "input"), carried, ready, keys)
	return err
}

var needs = map[inventory.Need]string{
	inventory.NeedsNothing: "-", inventory.NeedsKey: "ssh key", inventory.NeedsToken: "token*", inventory.NeedsNetrc: "netrc*",
}

// notes are what is said of an input below the table.
func notes(in inventory.Input) (out []string) {
	if !in.Archived {
		out = append(out, in.Why)
	}
	var follows []string
	for _, f := range in.Follows {
		target := strings.Join(f.Target, "/")
		if target == "" {
			target = "the flake itself"
		}
		follows = append(follows, f.Name+" = "+target)
	}
	if len(follows) > 0 {
		out = append(out, "follows "+strings.Join(follows, ", "))
	}
	if len(in.Caches) > 0 {
		out = append(out, "cache "+strings.Join(in.Caches, ", "))
	}
	for file, jobs := range byFile(in.Jobs) {
		note := "key needed in " + file
		if names := strings.Join(jobs, ", "); names != "" {
			note += ": " + names
		}
		out = append(out, note)
	}
	return out
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// byFile yields the names of jobs by the file that has them, in the order of the files.
func byFile(jobs []project.Job) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for len(jobs) > 0 {
			file, names := jobs[0].File, []string(nil)
			for len(jobs) > 0 && jobs[0].File == file {
				if jobs[0].Name != "" {
					names = append(names, jobs[0].Name)
				}
				jobs = jobs[1:]
			}
			if !yield(file, names) {
				return
			}
		}
	}
}

// columnGap is the number of blanks between two columns of a table, maxKind the columns of a kind.
const (
	columnGap = 2
	maxKind   = 12
)

// widthsOf returns the widths of the columns of a table, as a terminal shows them.
func widthsOf(rows [][]string) (widths [8]int) {
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], report.Columns(cell))
		}
	}
	return widths
}

// fit shortens the first three columns of a table so that its lines fit a width: the third to what a kind needs, then the second first.
func fit(rows [][]string, width int) {
	for _, row := range rows {
		row[2] = clip(row[2], maxKind)
	}
	widths := widthsOf(rows)
	room := width - columnGap*(len(widths)-1)
	for _, w := range widths[2:] {
		room -= w
	}
	second := min(widths[1], max(room-widths[0], room/2))
	for _, row := range rows {
		row[0], row[1] = clip(row[0], room-second), clip(row[1], second)
	}
}

// writeColumns writes the rows of a table, each cell but the last as wide as its column.
func writeColumns(to io.Writer, rows [][]string) error {
	widths := widthsOf(rows)
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-report.Columns(cell)+columnGap))
			}
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// shortRev returns a revision as people quote it.
func shortRev(rev string) string { return rev[:min(len(rev), 7)] }

// clip shortens a text to so many columns of a terminal.
func clip(text string, width int) string {
	if report.Columns(text) <= width {
		return text
	}
	used := 0
	for i, r := range text {
		if used += report.Columns(string(r)); used > width-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// wrapped breaks text at blanks into lines of at most width columns, those after the first indented. A word that is longer is clipped.
func wrapped(text string, width int) string {
	const indent = "  "
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		longer := line + " " + word
		switch {
		case line == "":
			line = clip(word, width)
		case report.Columns(longer) <= width:
			line = longer
		default:
			lines = append(lines, line)
			line = clip(indent+word, width)
		}
	}
	return strings.Join(append(lines, line), "\n")
}

// age returns the time between a moment in seconds since 1970 and now in days, or in years.
func age(since int64, now time.Time) string {
	if since <= 0 {
		return ""
	}
	days := int(now.Sub(time.Unix(since, 0)).Hours() / 24)
	switch {
	case days < 0:
		return "" // the clock is wrong, or theirs was
	case days < 730:
		return fmt.Sprintf("%d d", days)
	}
	return fmt.Sprintf("%d y", days/365)
}
