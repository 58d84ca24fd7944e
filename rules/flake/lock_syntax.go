package flake

import (
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-syntax", Family: family, Since: "0.1.0",
	Summary: "flake.lock is not JSON",
	Doc: "Nix cannot read the file: \"Could not parse '…/flake.lock'\". An empty file is none either. Restore it from Git, or\n" +
		"delete it, and run `nix flake lock`.\n" +
		"\n" +
		"What Nix reads is legal: a byte order mark, any line ends and white space, members that come twice, and all that\n" +
		"stands behind a NUL.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		if l.Error == nil || len(l.Error.Conflicts) > 0 {
			return
		}
		p.Report(diag.Finding{
			Span:    source.Span{Start: l.Error.Offset, End: l.Error.Offset},
			Message: "flake.lock is not JSON, so Nix cannot read it: " + l.Error.Message,
			Help:    restore,
		})
	},
})

// restore is the help for a lock file that is damaged.
const restore = "restore flake.lock from Git, or delete it, and run `nix flake lock`"
