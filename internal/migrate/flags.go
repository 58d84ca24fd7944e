package migrate

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/config"
)

// call is one way in which a project runs one of the tools.
type call struct {
	tool string
	// file is where it stands, relative to the folder; "" for the command line. what says how, for messages.
	file, what string
	args       []string
	computed   []string // arguments whose value the file does not tell
	// walks is set where the tool looks for the files itself, instead of getting their names.
	walks bool
	// exclude are the patterns of whoever passes the names.
	exclude []string
	// statix is a configuration of its own; nil is the statix.toml that statix finds.
	statix *statixConfig
}

// parsed is what a flag set makes of arguments. Asked for help or a version, a tool checks nothing.
type parsed struct {
	targets []string
	nothing bool
}

func parseFlags(name string, args []string, define func(f *pflag.FlagSet)) (parsed, error) {
	f := pflag.NewFlagSet(name, pflag.ContinueOnError)
	f.Usage = func() {}
	define(f)
	short := "h" // deadnix has another use for it
	if f.ShorthandLookup(short) != nil {
		short = ""
	}
	help := f.BoolP("help", short, false, "")
	version := f.BoolP("version", "V", false, "")
	if err := f.Parse(args); err != nil {
		return parsed{}, fmt.Errorf("reading the flags of %s: %w", name, err)
	}
	return parsed{f.Args(), *help || *version}, nil
}

// deadnix reads a call of deadnix 1.3.
func (p *Plan) deadnix(c call) error {
	var noArg, noPattern, noUnderscore, used, hidden bool
	var exclude []string
	got, err := parseFlags("deadnix", severalValues(c.args, "--exclude"), func(f *pflag.FlagSet) {
		f.BoolVarP(&noArg, "no-lambda-arg", "l", false, "")
		f.BoolVarP(&noPattern, "no-lambda-pattern-names", "L", false, "")
		f.BoolVarP(&noUnderscore, "no-underscore", "_", false, "") // names that start with _ are never reported here
		f.BoolVarP(&used, "warn-used-underscore", "W", false, "")
		f.BoolVarP(&hidden, "hidden", "h", false, "")
		f.StringArrayVar(&exclude, "exclude", nil, "")
		for _, name := range []string{"quiet", "edit", "fail"} {
			f.BoolP(name, name[:1], false, "")
		}
		f.StringP("output-format", "o", "", "")
	})
	if err != nil || got.nothing {
		return err
	}
	u := p.use(c, got.targets)
	u.set("unused-let-binding", reported)
	u.set("unused-at-binding", reported)
	u.set("unused-lambda-arg", unless(noArg))
	u.set("unused-lambda-formal", unless(noPattern))
	if used {
		u.set("used-underscore-name", reported)
	}
	for _, e := range exclude {
		u.leaveOut(e, fromPath)
	}
	if c.walks && !hidden && p.hidden {
		u.hidden = true
	}
	return nil
}

// severalValues gives each value of a flag that takes several, as in --exclude a b, its own flag.
func severalValues(args []string, flag string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(out, args[i:]...)
		}
		out = append(out, args[i])
		if args[i] != flag {
			continue
		}
		for out = out[:len(out)-1]; i+1 < len(args) && !strings.HasPrefix(args[i+1], "-"); i++ {
			out = append(out, flag+"="+args[i+1])
		}
	}
	return out
}

func unless(off bool) state {
	if off {
		return ignored
	}
	return reported
}

// nixfLookup are the checks that nixf-diagnose does not make with --variable-lookup=false.
var nixfLookup = []string{
	"sema-undefined-variable", "sema-unused-def-let", "sema-unused-def-lambda-noarg-formal", "sema-unused-def-lambda-witharg-formal",
	"sema-unused-def-lambda-witharg-arg", "sema-extra-rec", "sema-extra-with",
}

// nixf reads a call of nixf-diagnose.
func (p *Plan) nixf(c call) error {
	var ignore, only []string
	lookup := true
	args := slices.Clone(c.args)
	for i := 0; i+1 < len(args); i++ { // the value may stand apart
		if args[i] == "--variable-lookup" && (args[i+1] == "true" || args[i+1] == "false") {
			args = slices.Replace(args, i, i+2, "--variable-lookup="+args[i+1])
		}
	}
	got, err := parseFlags("nixf-diagnose", args, func(f *pflag.FlagSet) {
		f.StringArrayVarP(&ignore, "ignore", "i", nil, "")
		f.StringArrayVarP(&only, "only", "o", nil, "")
		f.BoolVar(&lookup, "variable-lookup", true, "")
		f.Bool("auto-fix", false, "")
		f.String("nixf-tidy-path", "", "")
	})
	if err != nil || got.nothing {
		return err
	}
	u := p.use(c, got.targets)
	for _, name := range slices.Concat(ignore, only) {
		if !aliased("nixf", name) {
			p.lose(u, "`%s` has no counterpart here", name)
		}
	}
	for r, names := range byTool("nixf") {
		on := false
		for _, n := range names {
			// A hint that others of the same rule speak for: the formals of `args@{ a }: …`.
			hint := n == "sema-unused-def-lambda-witharg-formal"
			off := has(ignore, n) || len(only) > 0 && !has(only, n) || !lookup && has(nixfLookup, n)
			on = on || !off && !hint
		}
		u.rules[r] = unless(!on)
	}
	return nil
}

// has reports whether a name is in a list, whatever its case.
func has(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// statixConfig is a statix.toml. nix_version is that of statix 0.5.
type statixConfig struct {
	Disabled []string `toml:"disabled"`
	Ignore   []string `toml:"ignore"`
	Version  string   `toml:"nix_version"`

	file string // for messages
	read bool   // by a call
}

func readStatix(file string, text []byte) (*statixConfig, error) {
	c := &statixConfig{file: file}
	if err := toml.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return c, nil
}

// statixNames are lints by both their names; the first list holds those that statix has, but does not run,
// the second those that it has no fix for.
var (
	statixOff   = []string{"W09", "unquoted_splice"}
	statixNoFix = []string{"W17", "deprecated_to_path", "W20", "repeated_keys"}
)

// statix reads a call of statix 0.5: check, or fix, which is silent about what it has no fix for.
func (p *Plan) statix(c call) error {
	var ignore []string
	var configPath string
	got, err := parseFlags("statix", c.args, func(f *pflag.FlagSet) {
		f.StringArrayVarP(&ignore, "ignore", "i", nil, "")
		f.StringVarP(&configPath, "config", "c", "", "")
		f.StringP("format", "o", "", "")
		f.StringP("position", "p", "", "")
		for _, name := range []string{"unrestricted", "stdin", "dry-run"} {
			f.BoolP(name, name[:1], false, "")
		}
	})
	if err != nil || got.nothing {
		return err
	}
	command := "check"
	if len(got.targets) > 0 && slices.Contains([]string{"check", "fix", "single", "explain", "list", "dump", "help"}, got.targets[0]) {
		command, got.targets = got.targets[0], got.targets[1:]
	}
	if command != "check" && command != "fix" {
		return nil
	}
	conf := c.statix
	if conf == nil {
		if conf, err = p.statixConfig(c, configPath); err != nil {
			return err
		}
	}
	u := p.use(c, got.targets)
	u.statix(conf, command == "fix")
	for _, i := range ignore {
		u.leaveOut(i, fromGitignore)
	}
	return nil
}

// statixConfig returns the configuration that a call names, a file or the folder of a statix.toml, or else the one
// in the folder.
func (p *Plan) statixConfig(c call, name string) (*statixConfig, error) {
	if name == "" || path.Clean(name) == "." || path.Clean(name) == "statix.toml" {
		if p.conf != nil {
			p.conf.read = true
			return p.conf, nil
		}
		return &statixConfig{}, nil
	}
	for _, file := range []string{path.Join(name, "statix.toml"), path.Clean(name)} {
		if text, err := p.readFile(file); err == nil {
			return readStatix(file, text)
		}
	}
	p.lost = append(p.lost, c.place()+"the configuration `"+name+"` of statix cannot be read; all lints count as enabled")
	return &statixConfig{}, nil
}

// statix sets the rules of a use of statix.
func (u *use) statix(conf *statixConfig, fix bool) {
	if conf.file != "" && conf.file != u.file {
		u.also = conf.file
	}
	for _, d := range conf.Disabled {
		if !aliased("statix", d) {
			u.plan.lose(u, "the lint `%s` has no counterpart here", d)
		}
	}
	for r, names := range byTool("statix") {
		s := reported
		for _, n := range names {
			switch {
			case has(conf.Disabled, n):
				s = ignored
			case s == reported && (slices.Contains(statixOff, n) || fix && slices.Contains(statixNoFix, n)):
				s = silent
			}
		}
		u.rules[r] = s
	}
	for _, i := range conf.Ignore {
		if i != ".direnv" { // never walked anyway
			u.leaveOut(i, fromGitignore)
		}
	}
	if v := strings.TrimSpace(conf.Version); v != "" {
		if _, err := config.ParseVersion(v); err != nil {
			u.plan.lose(u, "nix_version: %s", err)
		} else {
			u.plan.minNix, u.plan.minNixFrom = v, conf.file
		}
	}
}
