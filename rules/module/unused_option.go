package module

import (
	"fmt"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unused-option", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "An option is declared that nothing reads",
	Doc: "An option does something only where a module reads its value. One that nothing in the project reads has no effect, whatever\n" +
		"it is set to: it was left over, or what should read it was forgotten. Where nothing defines it either, it is an\n" +
		"information, since it may be there for later.\n" +
		"\n" +
		"An `enable` is left to `unread-enable`.\n" +
		"\n" +
		"What is read is known as far as it is written: `config.my.a`, `cfg.a`, `inherit (cfg) a`, a set of options that is passed\n" +
		"on as a whole. Nothing is reported where a flake of the project has modules for other projects, which may read the option, or\n" +
		"no configuration of a host or user at all.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: func(p *rules.Pass) { unread(p, false) },
})

var _ = rules.Register(&rules.Rule{
	ID: "unread-enable", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A module declares an `enable` that nothing reads",
	Doc: "`options.my.web.enable = lib.mkEnableOption \"…\";` does nothing by itself: a module must read it, as in\n" +
		"`config = lib.mkIf config.my.web.enable { … };`. Where nothing does, turning it on or off changes nothing.\n" +
		"\n" +
		"It is reported where `unused-option` would be: in projects that have configurations, and no modules for others.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: func(p *rules.Pass) { unread(p, true) },
})

// unread reports the options of a file that nothing reads: those called enable, or the others.
func unread(p *rules.Pass, enable bool) {
	declared, _ := p.Modules().Declarations()
	type option struct {
		path []string
		span source.Span
	}
	var options []option
	for _, d := range declared {
		last := d.Path[len(d.Path)-1]
		if len(d.Path) > 1 && len(d.At) == 0 && (d.How == module.ByOption || d.How == module.ByUnknown) && (last == "enable") == enable {
			options = append(options, option{d.Path, d.Span})
		}
	}
	if len(options) == 0 {
		return
	}
	path := p.Path
	p.Ask(func(a *rules.Asked) {
		if a.Sample(path) {
			return
		}
		for _, o := range options {
			use := a.UseOfOption(o.path)
			if use == project.OptionRead {
				continue
			}
			f := diag.Finding{Span: o.span, Message: fmt.Sprintf("nothing reads the option %s", diag.Code(dotted(o.path)))}
			switch {
			case enable:
				f.Help = "put what it turns on under `lib.mkIf`, or take it away"
			case use == project.OptionUnused:
				f.Message = fmt.Sprintf("nothing reads or defines the option %s", diag.Code(dotted(o.path)))
				f.Severity = diag.Info
				fallthrough
			default:
				f.Help = "take it away, or read it where it should count"
			}
			f.Tags = diag.Unnecessary
			a.Report(f)
		}
	})
}
