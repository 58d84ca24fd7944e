package main

// notes are what the tables of peers.md cannot say about a tool, in Markdown, with a line end.
var notes = map[string]string{
	"deadnix": "`nixsift init` finds how a project runs deadnix, `nixsift init --from deadnix -- FLAGS` takes flags, and the configuration that\n" +
		"it writes makes these rules report what deadnix 1.3 reports, line by line. `--no-lambda-arg`, `--no-lambda-pattern-names` and\n" +
		"`--warn-used-underscore` turn rules on and off, `--exclude` and the lack of `--hidden` leave files out. What stays different:\n" +
		"\n" +
		"- A name that starts with an underscore is never unused here. deadnix reports it in `let` and in patterns unless\n" +
		"  `--no-underscore` is given.\n" +
		"- What stands within an unused binding goes with it and is not reported beside it.\n" +
		"- A parameter, formal or `@args` that only unused bindings use is reported beside them, not when they are gone.\n" +
		"- A formal that only the default of another unused formal uses is reported when that one is gone.\n" +
		"- Unused formals beside an `@args` that is used are hints, which do not make `nixsift check` fail.\n" +
		"- `used-underscore-name` speaks of names that can be chosen freely, `_x: _x` among them; deadnix speaks of formals instead.\n" +
		"- The names of `let { … }` other than `body` can be unused here.\n" +
		"- Generated files get errors only, unless `generated = true` is set, and files that do not parse get the error.\n",
	"nixf": "`nixsift init` finds how a project runs nixf-diagnose, and `nixsift init --from nixf-diagnose -- FLAGS` takes flags. A rule is off\n" +
		"where all checks that it stands for are ignored; what Nix itself refuses cannot be turned off.\n" +
		"\n" +
		"`nixsift init --from nixpkgs` writes what the CI of NixOS/nixpkgs checks: the preset `nixpkgs`, with every check of nixf-diagnose\n" +
		"that is on there and without those that it ignores. The preset alone has some of the ignored ones on, such as\n" +
		"`unused-let-binding`: it is meant for packages in general.\n",
	"statix": "`nixsift init` finds `statix.toml` and how a project runs statix. What statix reports stays on and what is `disabled` is off; where\n" +
		"a project only runs `statix fix`, lints without a fix (W17, W20) stay as the preset has them.\n",
}
