package ci

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

// flagsForLocks are the flags of Nix for inputs and locks. The last two are those of a setting,
// so that they count for no slip.
var flagsForLocks = []string{
	"--update-input", "--override-input", "--inputs-from", "--recreate-lock-file", "--no-update-lock-file", "--no-write-lock-file",
	"--commit-lock-file", "--output-lock-file", "--reference-lock-file", "--no-registries", "--no-use-registries",
	"--commit-lock-file-summary", "--commit-lockfile-summary",
}

// bySkeleton are the flags by what stays of them without what people leave out or add.
var bySkeleton = func() map[string]string {
	m := map[string]string{}
	for i := len(flagsForLocks) - 1; i >= 0; i-- {
		m[skeleton(flagsForLocks[i])] = flagsForLocks[i]
	}
	return m
}()

func skeleton(flag string) string {
	flag = strings.ReplaceAll(strings.ReplaceAll(flag, "inputs", "input"), "-", "")
	return strings.TrimSuffix(strings.TrimSuffix(flag, "s"), "file")
}

// refusesFlags reports whether a program ends at a flag that it does not know, and has Nix's own for locks.
func refusesFlags(name string) bool { return isNixCommand(name) || name == "nixos-rebuild" }

// A lockFlag is an argument that updates an input, or all of them: by a flag that is deprecated, or one that there is not.
type lockFlag struct {
	at     int    // the index of the argument
	meant  string // the flag of Nix that is meant, "" for `nix flake update NAME`
	input  string // its value where it updates an input
	name   source.Span
	static bool // the value stands there as it is
	words  int  // that it takes, itself among them
	exists bool
}

// lockFlag reads an argument as a flag about locks that is deprecated, or that no Nix has.
func (c *call) lockFlag(i int) (f lockFlag, ok bool) {
	w := c.args[i]
	flag, value, joined := strings.Cut(w.Text, "=")
	f = lockFlag{at: i, words: 1}
	switch {
	case c.name == "nh" && !c.behindDashes(i):
		return f, false // nh has options of its own for this
	case flag == "--update-input" || flag == "--recreate-lock-file":
		f.meant, f.exists = flag, !joined
	case c.name == "" || !refusesFlags(c.name) || !strings.HasPrefix(flag, "--"):
		return f, false
	case (flag == "--input" || flag == "--inputs") && c.onlyLocks():
	default:
		f.meant = bySkeleton[skeleton(flag)]
		if f.meant == "" && c.onlyLocks() {
			f.meant = near.Find(flag, flagsForLocks)
		}
		if f.meant == "" || f.meant == flag && !joined || strings.HasSuffix(f.meant, "-summary") {
			return f, false
		}
	}
	if joined && c.name != "nix" && c.name != "nom" { // another program may take it apart
		return f, false
	}
	if f.meant != "--update-input" && f.meant != "" {
		return f, true
	}
	switch {
	case joined:
		f.input, f.static = value, w.Static && !w.Quoted
		if w.Static && !w.Quoted && w.Via == "" {
			f.name = w.At(len(flag)+1, len(w.Text))
		}
	case i+1 == len(c.args):
		return f, !f.exists
	default:
		next := c.args[i+1]
		f.input, f.static, f.name, f.words = next.Text, next.Static && !next.Quoted, next.Span, 2
		if strings.HasSuffix(flag, "s") && i+2 < len(c.args) && flake.IsID(c.args[i+2].Text) { // more than one, or a flake
			f.static, f.name = false, source.Span{}
		}
	}
	return f, true
}

// onlyLocks reports whether the command is one about the lock alone.
func (c *call) onlyLocks() bool {
	sub := c.subcommand()
	return sub == "flake lock" || sub == "flake update"
}

// updatesInput reports whether the flag is to update one input.
func (f *lockFlag) updatesInput() bool { return f.meant == "" || f.meant == "--update-input" }

// lockFlags looks at the commands of a document. In prose they are advice. Where old is set, Nix has what is deprecated.
func lockFlags(p *rules.Pass, d *shell.Doc, prose, old bool) {
	at := newOnce(p)
	for _, c := range calls(d) {
		if c.name == "" { // an input: the action may know the flag by itself
			continue
		}
		first := true
		for i := range c.args {
			flag, ok := c.lockFlag(i)
			if !ok || old && flag.exists {
				continue
			}
			f := diag.Finding{Span: c.args[i].Span}
			name, _, _ := strings.Cut(c.args[i].Text, "=")
			switch {
			case flag.exists:
				f.Message = fmt.Sprintf("`%s` is deprecated, and newer versions of Nix will not have it", name)
			case name == flag.meant:
				f.Message = fmt.Sprintf("`%s=` is no flag of Nix, which takes the value as a word of its own: the command fails", name)
			default:
				f.Message = fmt.Sprintf("Nix has no flag `%s`: the command fails", name)
			}
			switch {
			case flag.updatesInput():
				f.Help, f.Fixes = c.updateInput(d, &flag, first, old)
				first = false
			case flag.meant == "--recreate-lock-file" && c.onlyLocks() && !old:
				f.Help = "write `nix flake update`"
			case flag.meant == "--recreate-lock-file" && !old:
				f.Help = "run `nix flake update` before"
			default:
				f.Help = "write `" + flag.meant + "`"
				if w := c.args[i]; w.Via == "" && !w.Quoted && len(w.Alts) == 0 && w.Text == name {
					f.Fixes = []diag.Fix{rules.Replace("write `"+flag.meant+"`", diag.Unsafe, w.Span, flag.meant)}
				}
			}
			if prose {
				f.Severity, f.Fixes = diag.Info, nil
			}
			at.report(f)
		}
	}
}

// updateInput says what to write in place of a flag that is to update an input. The fix is for all such flags of the command.
func (c *call) updateInput(d *shell.Doc, flag *lockFlag, first, old bool) (help string, fixes []diag.Fix) {
	input := flag.input
	if input == "" {
		input = "NAME"
	}
	switch {
	case old:
		return fmt.Sprintf("write `--update-input %s`", input), nil
	case !c.onlyLocks():
		if first && c.script.Source != shell.EmbeddedText {
			fixes = updateBefore(d, c)
		}
		return fmt.Sprintf("run `nix flake update %s` before", input), fixes
	case first:
		fixes = updateByName(c)
	}
	return fmt.Sprintf("write `nix flake update %s`", input), fixes
}
