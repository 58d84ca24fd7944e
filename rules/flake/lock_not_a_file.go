package flake

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-not-a-file", Family: family, Since: "0.1.0",
	Summary: "flake.lock is a link, a folder or a special file",
	Doc: "Nix reads a lock file only where it is a regular file. Of a symbolic link it says \"path '…/flake.lock' is a symlink\",\n" +
		"wherever the link leads, of a folder \"Is a directory\", and it refuses to copy, or waits for, a FIFO, a socket or a\n" +
		"device.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		f := diag.Finding{Help: "remove it and run `nix flake lock`"}
		switch l.State {
		case flake.LockLink:
			f.Message = "flake.lock is a symbolic link, which Nix refuses to read"
			f.Help = "replace it by a copy of the file that it leads to"
		case flake.LockFolder:
			f.Message = "flake.lock is a folder, so Nix can neither read nor write the lock file"
		case flake.LockSpecial:
			f.Message = "flake.lock is a FIFO, a socket or a device, so Nix can neither read nor write the lock file"
		default:
			return
		}
		p.Report(f)
	},
})
