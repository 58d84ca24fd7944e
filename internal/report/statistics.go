package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// ruleCount is what one rule found.
type ruleCount struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"` // the worst of its findings
	// Severities counts its findings by severity.
	Severities    map[string]int `json:"severities"`
	Findings      int            `json:"findings"`
	Fixable       int            `json:"fixable"`        // by safe fixes
	UnsafeFixable int            `json:"unsafe_fixable"` // by unsafe fixes only

	worst diag.Severity
}

// statistics counts the findings of each rule, most first, but for those to leave out.
func (p *printer) statistics(leaveOut func(*diag.Finding) bool) []ruleCount {
	index := map[string]int{}
	list := []ruleCount{}
	for i := range p.Findings {
		f := &p.Findings[i]
		if leaveOut != nil && leaveOut(f) {
			continue
		}
		at, ok := index[f.Rule]
		if !ok {
			at = len(list)
			index[f.Rule] = at
			list = append(list, ruleCount{Rule: f.Rule, Severities: map[string]int{}})
		}
		c := &list[at]
		c.Findings++
		c.worst = max(c.worst, f.Severity)
		c.Severity = c.worst.String()
		c.Severities[f.Severity.String()]++
		switch {
		case hasFix(f, diag.Safe):
			c.Fixable++
		case hasFix(f, diag.Unsafe):
			c.UnsafeFixable++
		}
	}
	slices.SortFunc(list, func(a, b ruleCount) int {
		return cmp.Or(cmp.Compare(b.Findings, a.Findings), strings.Compare(a.Rule, b.Rule))
	})
	return list
}

func hasFix(f *diag.Finding, safety diag.Safety) bool {
	return slices.ContainsFunc(f.Fixes, func(x diag.Fix) bool { return x.Safety == safety })
}

// severities says how many findings of a rule there are of each severity, the worst first; "" where they are all of one.
func (c ruleCount) severities() string {
	if len(c.Severities) < 2 {
		return ""
	}
	var parts []string
	for s := diag.Error; s > diag.Off; s-- {
		if n := c.Severities[s.String()]; n > 0 {
			parts = append(parts, count(n, s.String(), s != diag.Info))
		}
	}
	return strings.Join(parts, ", ")
}

// takes says what it takes to mend what a rule found.
func (c ruleCount) takes() string {
	var parts []string
	part := func(n int, how string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, how))
		}
	}
	part(c.Fixable, "with --fix")
	part(c.UnsafeFixable, "with --unsafe-fixes")
	part(c.Findings-c.Fixable-c.UnsafeFixable, "by hand")
	return strings.Join(parts, ", ")
}

// table writes counts by rule, a line each, with what it takes to mend them.
func (p *printer) table(colors palette, list []ruleCount) {
	number, severity, rule := 0, 0, 0
	for _, c := range list {
		number, severity, rule = max(number, len(fmt.Sprint(c.Findings))), max(severity, len(c.Severity)), max(rule, len(c.Rule))
	}
	for _, c := range list {
		pad := strings.Repeat(" ", severity-len(c.Severity))
		p.printf("%*d  %s%s  %-*s  ", number, c.Findings, colors.severity[c.worst].Sprint(c.Severity), pad, rule, c.Rule)
		how := c.takes()
		if mixed := c.severities(); mixed != "" {
			how = mixed + "; " + how
		}
		p.wrapped(how, number+severity+rule+6, number+severity+4, fmt.Sprint)
	}
}

// inNumbers is the text format with counts in place of the findings.
func (p *printer) inNumbers() error {
	colors := newPalette(p.opts.Color)
	if list := p.statistics(nil); len(list) > 0 {
		p.table(colors, list)
		p.printf("\n")
	}
	p.exhausted()
	p.ending(colors)
	return nil
}

// maxExhausted bounds the files that are named because not all of them could be evaluated.
const maxExhausted = 20

// exhausted names the files of which not all could be evaluated.
func (p *printer) exhausted() {
	files := p.Exhausted
	if len(files) == 0 {
		return
	}
	what := "in " + count(len(files), "file", true) + ", following what expressions evaluate to was given up at its limit, so that findings may be missing"
	p.wrapped(what+":", 0, 2, fmt.Sprint)
	for _, file := range files[:min(len(files), maxExhausted)] {
		p.printf("  %s\n", Visible(p.path(file)))
	}
	if more := len(files) - maxExhausted; more > 0 {
		p.printf("  and %d more\n", more)
	}
	p.printf("\n")
}

// exhaustion is what JSON tells of these files: how many there are, and the first of them.
type exhaustion struct {
	Count int      `json:"count"`
	Files []string `json:"files"`
}

func (p *printer) exhaustion() exhaustion {
	out := exhaustion{Count: len(p.Exhausted), Files: []string{}}
	for _, file := range p.Exhausted[:min(out.Count, maxExhausted)] {
		out.Files = append(out.Files, p.path(file))
	}
	return out
}

// maxBrief bounds the errors that the brief form shows.
const maxBrief = 50

// brief is the text format for somebody who runs nixsift the first time on a project that was never checked: the errors,
// and of the rest how much there is and how to go on.
func (p *printer) brief() error {
	colors := newPalette(p.opts.Color)
	errors := 0
	for i := range p.Findings {
		if f := &p.Findings[i]; f.Severity == diag.Error {
			if errors++; errors <= maxBrief {
				p.finding(colors, f)
				p.printf("\n")
			}
		}
	}
	shown := min(errors, maxBrief)
	list := p.statistics(func(f *diag.Finding) bool {
		if f.Severity == diag.Error && shown > 0 {
			shown--
			return true
		}
		return false
	})
	if rest := len(p.Findings) - min(errors, maxBrief); rest > 0 {
		what := "What was found, by rule:"
		if errors > 0 {
			what = fmt.Sprintf("Beside the %s above there %s, by rule:", count(min(errors, maxBrief), "error", true),
				map[bool]string{true: "is 1 finding", false: fmt.Sprintf("are %d findings", rest)}[rest == 1])
		}
		p.wrapped(what, 0, 2, colors.strong.Sprint)
		p.table(colors, list)
		p.printf("\n")
		p.wayOn(colors)
	}
	p.ending(colors)
	return nil
}

// wayOn says what can be done about many findings.
func (p *printer) wayOn(colors palette) {
	type step struct{ write, what string }
	var steps []step
	if n := p.counts().fixable; n > 0 {
		steps = append(steps, step{"--fix", fmt.Sprintf("mends %d and keeps what the code means; with --diff it only shows how", n)})
	}
	accept := step{"nixsift baseline", "accepts what there is, so that only what is new is shown and fails"}
	if p.Summary.Baselines > 0 {
		accept = step{"nixsift baseline --accept-new", "adds it to the baseline, so that only what is newer is shown and fails"}
	}
	steps = append(steps, accept,
		step{"nixsift suppress", "writes comments that silence what a rule finds: --select RULE --reason WHY"},
		step{`RULE = "off"`, "below [rules] in nixsift.toml switches a rule off"},
		step{"nixsift explain RULE", "says what a rule is about"},
		step{"--all", "prints every finding"})
	widest := 0
	for _, s := range steps {
		widest = max(widest, len(s.write))
	}
	for _, s := range steps {
		p.printf("  %s%s  ", colors.strong.Sprint(s.write), strings.Repeat(" ", widest-len(s.write)))
		p.wrapped(s.what, widest+4, widest+4, fmt.Sprint)
	}
	p.printf("\n")
}

// jsonStatistics writes the counts by rule as a member of the JSON object, where they are wanted.
func (p *printer) jsonStatistics(out *jsonWriter) {
	if p.opts.Statistics {
		out.text(",\n\"statistics\":")
		out.value(p.statistics(nil))
		if len(p.Exhausted) > 0 {
			out.text(",\n\"exhausted\":")
			out.value(p.exhaustion())
		}
	}
}

// jsonLinesStatistics writes them as lines.
func (p *printer) jsonLinesStatistics(out *jsonWriter) {
	if !p.opts.Statistics {
		return
	}
	for _, c := range p.statistics(nil) {
		out.value(struct {
			Type string `json:"type"`
			ruleCount
		}{"statistics", c})
		out.text("\n")
	}
	if len(p.Exhausted) > 0 {
		out.value(struct {
			Type string `json:"type"`
			exhaustion
		}{"exhausted", p.exhaustion()})
		out.text("\n")
	}
}
