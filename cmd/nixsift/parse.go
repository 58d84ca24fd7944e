package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/nixprint"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

func parseCommand(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "parse [--format tree|json|nix] FILE|-",
		Short: "Show how a file is parsed",
		Long: "Show how a file is parsed. The exit status is 1 where Nix would reject the file at parse time, with the errors\n" +
			"on standard error. With --format nix the output is that of `nix-instantiate --parse`, or nothing for such a file.\n" +
			"Like that, it knows the file alone: names that only the project gives a file, by `scopedImport`, are undefined here,\n" +
			"and none to `check`.",
		Args: oneArg("a file: name one, or `-` for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains([]string{"tree", "json", "nix"}, format) {
				return fmt.Errorf("unknown format %q: use tree, json or nix", format)
			}
			return parseFile(s, args[0], format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "tree", "output format: tree, json or nix")
	return cmd
}

func parseFile(s streams, name, format string) error {
	text, err := readInput(s, name)
	if err != nil {
		return err
	}
	tree := parser.Parse(text)
	if n := tree.FirstNUL(); n >= 0 {
		// Nix takes a NUL byte for the end of the file, and its verdict is about what stands before it.
		tree = parser.Parse(text[:n])
	}
	rejected := reportParseErrors(s.err, name, tree)
	switch format {
	case "tree":
		writeTree(s.out, tree)
	case "json":
		if err := json.NewEncoder(s.out).Encode(jsonNode(tree)); err != nil {
			return err
		}
	case "nix":
		if !rejected {
			home, _ := os.UserHomeDir() // without one, ~/ stays as it is
			wd, err := workingDir()
			if err != nil {
				return err
			}
			dir, err := nixprint.BaseDir(name, wd)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintln(s.out, nixprint.Print(tree, nixprint.Options{Dir: dir, Home: home}))
		}
	}
	if rejected {
		return status(exitFindings)
	}
	return nil
}

// readInput reads a file, or standard input for "-". A folder stands for its default.nix.
func readInput(s streams, name string) (string, error) {
	if name == "-" {
		b, err := workspace.ReadAll(s.in)
		if err != nil {
			return "", fmt.Errorf("reading standard input: %w", err)
		}
		return string(b), nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, "default.nix")
	}
	b, err := workspace.OS.ReadFile(name)
	if errors.Is(err, workspace.ErrNotRegular) {
		err = fmt.Errorf("%w; `-` reads standard input", err)
	}
	return string(b), err
}

// reportParseErrors prints what Nix would reject and reports whether there is anything.
func reportParseErrors(w io.Writer, name string, tree *ast.Tree) bool {
	index := source.NewLineIndex(tree.Source())
	type problem struct {
		at      uint32
		message string
	}
	var problems []problem
	for _, e := range tree.Errors() {
		problems = append(problems, problem{e.Span.Start, e.Message})
	}
	names := sema.Resolve(tree)
	if len(problems) == 0 {
		for u := range names.Undefined() {
			problems = append(problems, problem{u.Node.Start(), "undefined variable " + diag.Code(u.Node.Text())})
		}
	}
	for c := range names.Conflicts() {
		at := c.Second.Start()
		switch {
		case len(tree.Errors()) > 0 && at > tree.Errors()[0].Span.Start:
			// Nix does not come to see it.
		case c.Formal:
			problems = append(problems, problem{at, "duplicate formal " + diag.Code(c.Path)})
		case !c.OldOnly:
			problems = append(problems, problem{at, "attribute " + diag.Code(c.Path) + " is already defined"})
		}
	}
	slices.SortStableFunc(problems, func(a, b problem) int { return int(a.at) - int(b.at) })
	for _, p := range problems {
		pos := index.Position(p.at)
		fmt.Fprintf(w, "%s:%d:%d: %s\n", report.Visible(name), pos.Line, pos.Column, report.Visible(p.message))
	}
	return len(problems) > 0
}

// writeTree prints one node a line, indented by depth, with its span and, for leaves, its text.
func writeTree(w io.Writer, tree *ast.Tree) {
	var ends []ast.NodeID
	for i := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		for len(ends) > 0 && ends[len(ends)-1] <= n.ID() {
			ends = ends[:len(ends)-1]
		}
		// Deep chains would make the output quadratic in their length.
		indent := strings.Repeat("  ", min(len(ends), 100))
		line := fmt.Sprintf("%s%s@%d..%d", indent, n.Kind(), n.Start(), n.End())
		if op := n.Op(); op != ast.OpNone {
			line += " " + op.String()
		}
		if n.IsRec() {
			line += " rec"
		}
		if n.SubtreeEnd() == n.ID()+1 && n.End() > n.Start() {
			line += fmt.Sprintf(" %.80q", n.Text())
		}
		fmt.Fprintln(w, line)
		ends = append(ends, n.SubtreeEnd())
	}
}

// treeJSON is the JSON form of a tree: nodes in preorder, each with the index of its parent (-1 for the
// root), so that depth is no limit to readers.
type treeJSON struct {
	Nodes []nodeJSON `json:"nodes"`
}

type nodeJSON struct {
	Kind   string `json:"kind"`
	Start  uint32 `json:"start"`
	End    uint32 `json:"end"`
	Parent int    `json:"parent"`
	Op     string `json:"op,omitempty"`
	Rec    bool   `json:"rec,omitempty"`
	Text   string `json:"text,omitempty"`
}

func jsonNode(tree *ast.Tree) treeJSON {
	out := treeJSON{Nodes: make([]nodeJSON, 0, len(tree.Records()))}
	for i := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		j := nodeJSON{Kind: n.Kind().String(), Start: n.Start(), End: n.End(), Parent: -1, Op: n.Op().String(), Rec: n.IsRec()}
		if p := n.Parent(); p.IsValid() {
			j.Parent = int(p.ID())
		}
		if n.SubtreeEnd() == n.ID()+1 {
			j.Text = n.Text()
		}
		out.Nodes = append(out.Nodes, j)
	}
	return out
}
