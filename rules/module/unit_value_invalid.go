package module

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/systemd"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unit-value-invalid", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A span of time, a size or a calendar of a unit is none that systemd reads",
	Doc: "NixOS writes the settings of units into their files as they are. systemd ignores a line with a value that it cannot read, and says so in\n" +
		"its journal only: with `MemoryMax = \"4 GB\"` a service has no limit, and a timer with `OnCalendar = \"Son 05:45\"` alone is refused.\n" +
		"\n" +
		"- Spans of time have the units `us`, `ms`, `s`, `min`, `h`, `d`, `w`, `M` (months) and `y`, or their English names: `5min 20s`, `2 weeks`. There\n" +
		"  is no `mn`, `secs` or `mins`.\n" +
		"- Sizes have one of the letters `K`, `M`, `G`, `T`, `P` and `E`: `4G`, `1.5G`.\n" +
		"- Calendars have English weekdays, a date and a time: `Mon..Fri *-*-* 10:00`, `*:0/15`, `daily`. `systemd-analyze calendar TEXT` tries one.\n" +
		"- `%` begins a specifier in texts, as in `%i`: one that there is not, as in `LABEL=a%20b`, is written `%%` where `%` is meant.\n" +
		"\n" +
		"Looked at are the sections of units, `startAt`, and options of NixOS that become calendars, as `nix.gc.dates`. Values with specifiers (`%`) or\n" +
		"variables are not, and names of time zones are not held against a list.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.Binding},
	Node: func(p *rules.Pass, n ast.Node) {
		b := ast.BindingNode{Node: n}
		key := b.Attrpath().LastName()
		if g := unitGrammars[key]; g == nil || n.HasError() || !g.at(p.Names(), b, key) {
			return
		}
		eachCommand(p.Names(), b.Value(), func(v ast.Node) { unitGrammars[key].look(p, v, key) }, 8)
	},
})

// unitGrammar is how the values of some keys are written.
type unitGrammar struct {
	what  string
	help  string
	why   func(text string) string // it is none; "" where it is one
	at    func(names *sema.Info, b ast.BindingNode, key string) bool
	pairs bool // two may stand with a colon between them
	// specifiers is set where the text is read for them alone.
	specifiers bool
}

const (
	spanKeys = `RestartSec RestartMaxDelaySec TimeoutStartSec TimeoutStopSec TimeoutAbortSec TimeoutSec TimeoutCleanSec RuntimeMaxSec RuntimeRandomizedExtraSec
		WatchdogSec LogRateLimitIntervalSec CPUQuotaPeriodSec MemoryPressureThresholdSec StartLimitInterval StartLimitIntervalSec JobTimeoutSec
		JobRunningTimeoutSec OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec AccuracySec RandomizedDelaySec RandomizedOffsetSec
		KeepAliveTimeSec KeepAliveIntervalSec DeferAcceptSec TriggerLimitIntervalSec PollLimitIntervalSec DeferTriggerMaxSec TimeoutIdleSec`
	managerSpanKeys = `DefaultTimeoutStartSec DefaultTimeoutStopSec DefaultTimeoutAbortSec DefaultRestartSec DefaultStartLimitIntervalSec
		DefaultDeviceTimeoutSec DefaultTimerAccuracySec`
	sizeKeys = `MemoryMin MemoryLow StartupMemoryLow DefaultStartupMemoryLow DefaultMemoryLow DefaultMemoryMin MemoryHigh StartupMemoryHigh MemoryMax
		StartupMemoryMax MemoryLimit MemorySwapMax StartupMemorySwapMax MemoryZSwapMax StartupMemoryZSwapMax`
	// specifierKeys are settings in which systemd replaces specifiers; commands are left to unit-command-needs-shell.
	specifierKeys = `Description Environment EnvironmentFile WorkingDirectory RootDirectory RuntimeDirectory StateDirectory CacheDirectory LogsDirectory ConfigurationDirectory
		ReadWritePaths ReadOnlyPaths InaccessiblePaths BindPaths BindReadOnlyPaths LoadCredential SyslogIdentifier PIDFile PathExists PathChanged PathModified ListenStream`
	limitKeys = `LimitAS LimitDATA LimitSTACK LimitRSS LimitFSIZE LimitCORE LimitMEMLOCK LimitMSGQUEUE`
)

// calendarOptions are options of NixOS outside of units whose values become OnCalendar; * is any name.
var calendarOptions = [][]string{
	{"nix", "gc", "dates"}, {"nix", "optimise", "dates"}, {"system", "autoUpgrade", "dates"}, {"services", "fstrim", "interval"},
	{"services", "btrfs", "autoScrub", "interval"}, {"services", "zfs", "autoScrub", "interval"}, {"virtualisation", "docker", "autoPrune", "dates"},
	{"virtualisation", "podman", "autoPrune", "dates"}, {"services", "postgresqlBackup", "startAt"}, {"services", "borgbackup", "jobs", "*", "startAt"},
	{"services", "btrbk", "instances", "*", "onCalendar"},
}

// unitGrammars are the grammars of values by the names of keys.
var unitGrammars = func() map[string]*unitGrammar {
	span := &unitGrammar{what: "span of time", help: "write it with `us`, `ms`, `s`, `min`, `h`, `d`, `w`, `M` or `y`, as in `1h 30min`", why: systemd.Span, at: inUnitSection}
	manager := *span
	manager.at = func(_ *sema.Info, b ast.BindingNode, _ string) bool {
		path := pathAround(b)
		return len(path) >= 4 && slices.Equal(path[len(path)-4:len(path)-1], []string{"systemd", "settings", "Manager"})
	}
	size := &unitGrammar{what: "size", help: "write it with `K`, `M`, `G` or `T` alone, as in `4G`", why: systemd.Size, at: inUnitSection}
	limit := *size
	limit.pairs = true
	calendar := &unitGrammar{
		what: "calendar", help: "try it with `systemd-analyze calendar`; it is written as `Sun 05:45`, `*-*-01 10:00`, `*:0/15` or `daily`", why: systemd.Calendar, at: inUnitSection,
	}
	option := *calendar
	option.at = takesCalendar
	out := map[string]*unitGrammar{"OnCalendar": calendar}
	for keys, g := range map[string]*unitGrammar{
		specifierKeys: {what: "specifier", help: "write `%%` where `%` is meant", why: unknownSpecifier, at: inUnitSection, specifiers: true},
		spanKeys:      span, managerSpanKeys: &manager, sizeKeys: size, limitKeys: &limit, "startAt dates interval onCalendar": &option,
	} {
		for _, key := range strings.Fields(keys) {
			out[key] = g
		}
	}
	return out
}()

// inUnitSection reports whether a binding defines a key in a section of a unit that knows it.
func inUnitSection(names *sema.Info, b ast.BindingNode, key string) bool {
	path := pathAround(b)
	name := ""
	if len(path) > 1 {
		name = path[len(path)-2]
	}
	mounts := (name == "mountConfig" || name == "automountConfig") && strings.HasPrefix(key, "Timeout")
	if s := unitSections[name]; !mounts && (s == nil || !s.has[key]) {
		return false
	}
	if name == "timerConfig" && slices.Contains(path, "services") {
		return true // as those of backups
	}
	u, ok := unitAround(names, b)
	return ok && (strings.HasSuffix(name, "Config") || u.user)
}

// takesCalendar reports whether a binding defines an option of NixOS that becomes the calendar of a timer.
func takesCalendar(names *sema.Info, b ast.BindingNode, key string) bool {
	path := pathAround(b)
	if len(path) > 0 && path[0] == "config" {
		path = path[1:]
	}
	if slices.ContainsFunc(calendarOptions, func(o []string) bool {
		return slices.EqualFunc(path, o, func(name, want string) bool { return name == want || want == "*" })
	}) {
		return true
	}
	u, ok := unitAround(names, b)
	return ok && key == "startAt" && u.kind == "services" && slices.Equal(u.rest, []string{key})
}

// unknownSpecifier returns what in a text stands for a specifier that systemd has not, or "".
func unknownSpecifier(text string) string {
	return noSpecifier.FindString(strings.ReplaceAll(text, "%%", ""))
}

// look reports a value that is not written so.
func (g *unitGrammar) look(p *rules.Pass, n ast.Node, key string) {
	if g.specifiers {
		text, _, _ := commandText(n)
		if no := g.why(text); no != "" {
			p.Report(diag.Finding{Span: n.Span(), Message: fmt.Sprintf("systemd knows no specifier %s and ignores this %s", diag.Code(no), diag.Code(key)), Help: g.help})
		}
		return
	}
	text, ok := ast.StringValue(n)
	if !ok || strings.TrimSpace(text) == "" || strings.ContainsAny(text, "%$\n\\@") && !strings.HasPrefix(text, "@") {
		return
	}
	parts := []string{text}
	if g.pairs {
		parts = strings.SplitN(text, ":", 2)
	}
	for _, part := range parts {
		why := g.why(part)
		if why == "" {
			continue
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: fmt.Sprintf("systemd reads no %s in %s and ignores this %s: %s", g.what, diag.Code(text), diag.Code(key), why), Help: g.help,
		})
		return
	}
}
