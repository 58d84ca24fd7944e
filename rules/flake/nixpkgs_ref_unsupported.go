package flake

import (
	"fmt"
	"time"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "nixpkgs-ref-unsupported", Family: family, Since: "0.1.0",
	Summary: "An input follows a release of nixpkgs that gets no fixes any more",
	Doc: "A release of NixOS gets fixes, for security too, until a month after the next one: `nixos-24.05` and `nixpkgs-24.05-darwin` until the end\n" +
		"of 2024. After that the branch stands still.\n" +
		"\n" +
		"Which releases there are and when they end is a table in the program, up to " + libtable.Newest().String() + " and of " + libtable.Known.Format("January 2006") + ". What had ended by then is\n" +
		"told always; what has ended since by what `--now` says, in CI by the date of the commit, else by that of the run. A release that is not in the table is left alone, and\n" +
		"when the last one in it has ended a finding says that the table is old. So are inputs that a revision fixes, and forks.",
	Severity: diag.Info, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				release, until, ok := endedInput(p, in)
				if !ok {
					continue
				}
				finding := diag.Finding{
					Span:    place(in),
					Message: fmt.Sprintf("input %s is nixpkgs %s, which has had no fixes since %s", inputCode(in), release, until.Format(time.DateOnly)),
					Help:    laterRelease(p),
				}
				if p.Project.InAside(f.Dir) {
					finding.Severity = diag.Hint
				}
				p.Report(finding)
			}
		}
	},
})

// byNow returns the moment by which releases have ended: that of the run, or that of the table where it is later.
func byNow(p *rules.Pass) time.Time {
	if at := p.Now(); at.After(libtable.Known) {
		return at
	}
	return libtable.Known
}

// endedRelease returns the release of nixpkgs that a reference follows and the last day of its support, where that is over.
func endedRelease(p *rules.Pass, ref flake.Ref) (release libtable.Release, until time.Time, ok bool) {
	if !ref.IsNixpkgs() || ref.IsPinned() {
		return release, until, false
	}
	if release, ok = libtable.ParseRelease(ref.Release()); !ok {
		return release, until, false
	}
	until, ok = libtable.Support(release)
	return release, until, ok && byNow(p).After(until.AddDate(0, 0, 1))
}

// endedInput is endedRelease of what flake.nix says of an input.
func endedInput(p *rules.Pass, in *flake.Input) (release libtable.Release, until time.Time, ok bool) {
	if in.RefErr != nil || len(in.Faults) > 0 || in.Follows != nil {
		return release, until, false
	}
	return endedRelease(p, in.Ref)
}

// laterRelease is the help where the support of a release is over.
func laterRelease(p *rules.Pass) string {
	if now := byNow(p); libtable.Outdated(now) {
		return fmt.Sprintf("take a later release or `nixos-unstable`, and run `nix flake lock`; this version of nixsift knows the releases up to %s, and by %s there are others",
			libtable.Newest(), now.UTC().Format(time.DateOnly))
	}
	return fmt.Sprintf("take a later release, as `nixos-%s`, or `nixos-unstable`, and run `nix flake lock`", libtable.Newest())
}
