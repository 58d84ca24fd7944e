package flake

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-unresolvable", Family: family, Since: "0.1.0",
	Summary: "flake.lock has an input that leads nowhere or to itself",
	Doc: "What an input of an input follows is taken from `flake.lock` as it stands. Where it names an input that is not there,\n" +
		"Nix fails: \"input 'a/b/c' follows a non-existent input 'd'\"; in a circle: \"follow cycle detected\". Of a node that is\n" +
		"its own input, directly or through others, Nix makes copies until it is killed. It happens when the file is edited\n" +
		"or merged by hand, or when an input that others follow is removed from flake.nix.\n" +
		"\n" +
		"Of a lock file without `flake.nix` it is a warning: where the flake declares what is locked, Nix fails; where it does\n" +
		"not, Nix locks the inputs anew.\n" +
		"\n" +
		"Run `nix flake update` for the input, or delete the file and run `nix flake lock`.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true, LockAlone: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !soundLock(f) {
			return
		}
		reported := 0
		for _, c := range f.Changes() {
			if c.Input != nil && c.Kind == flake.ChangeDangling {
				continue // follows-undeclared-input, follows-cycle
			}
			finding := diag.Finding{File: filepath.Join(f.Dir, "flake.lock"), Span: c.Entry.Value}
			switch c.Kind {
			case flake.ChangeDangling:
				finding.Message = fmt.Sprintf("input `%s` follows `%s`, which leads nowhere, so Nix cannot use flake.lock", inputPath(c.Path()), inputPath(c.Entry.Follows))
			case flake.ChangeCycle:
				finding.Message = fmt.Sprintf("input `%s` is the node `%s`, which it lies in itself: Nix follows it until it is killed", inputPath(c.Path()), c.Entry.Node)
			case flake.ChangeType:
				finding.Message = fmt.Sprintf("the original of input `%s` is of a type that no fetcher of Nix has, so Nix aborts", inputPath(c.Path()))
			default:
				continue
			}
			finding.Help = fmt.Sprintf("run `nix flake update %s`", c.Path()[0])
			if f.Nix == nil {
				finding.Severity = diag.Warning
			}
			p.Report(finding)
			if reported++; reported == maxProblems {
				return
			}
		}
	},
})

// inputPath writes a path of inputs, without the middle of a long one.
func inputPath(path []string) string {
	if len(path) > 12 {
		return strings.Join(path[:6], "/") + "/…/" + strings.Join(path[len(path)-5:], "/")
	}
	return strings.Join(path, "/")
}
