package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
)

// settings is a host with the settings of one rule.
type settings struct {
	rule   *Rule
	values map[string]any
}

func (settings) Report(*Rule, diag.Finding) {}
func (settings) Later(*Rule, func(Host))    {}
func (settings) Runs(*Rule) bool            { return true }

func (settings) Named(*Rule, string, string, bool, string) {}

func (s settings) Option(r *Rule, name string) any {
	if r != s.rule {
		return nil
	}
	return s.values[name]
}

// sound returns a rule that keeps the contract.
func sound(id string, options ...*Option) *Rule {
	return &Rule{ID: id, Family: "test", Summary: "for tests", Doc: "For tests.", Since: "0.1.0", Severity: diag.Warning, Options: options, File: func(*Pass) {}}
}

// forget makes the registry of the test empty again when it ends.
func forget(t *testing.T) {
	was, ids, options := registered, byID, declared
	registered, byID, declared = nil, map[string]*Rule{}, nil
	t.Cleanup(func() { registered, byID, declared = was, ids, options })
}

func TestSettings(t *testing.T) {
	forget(t)
	names, depth := NewSetting("names", "The names.", []string{"a"}), NewSetting("depth", "The depth.", int64(3))
	strict := NewSetting("strict", "Report more.", false)
	r := Register(sound("with-options", names.Option, depth.Option, strict.Option))
	other := Register(sound("without-options"))
	p := NewPass(settings{r, map[string]any{"depth": int64(7), "strict": true}}, "/a.nix", nil, nil, config.Version{}, new(sema.Resolver))
	for _, running := range []*Rule{r, other} { // a setting is that of the rule that lists it
		p.SetRule(running)
		assert.Equal(t, []string{"a"}, names.In(p))
		assert.Equal(t, int64(7), depth.In(p))
		assert.True(t, strict.In(p))
	}
	assert.Equal(t, []*Rule{r, other}, All())
}

// TestMistakes finds what is wrong with a rule before anything runs.
func TestMistakes(t *testing.T) {
	forget(t)
	taken := NewSetting("taken", "Taken.", "")
	Register(sound("first", taken.Option))
	for want, spoil := range map[string]func(*Rule){
		`the option "taken" is that of first`:            func(r *Rule) { r.Options = []*Option{taken.Option} },
		`the option "a" is listed twice`:                 func(r *Rule) { r.Options = []*Option{{Name: "a", Doc: "A."}, {Name: "a", Doc: "B."}} },
		"an option has no name or no documentation":      func(r *Rule) { r.Options = []*Option{{Name: "a"}} },
		"the fields Fix and SafeFix go together":         func(r *Rule) { r.Fix = FixAlways },
		"Syntax or Engine), found 0":                     func(r *Rule) { r.File = nil },
		"the id is not kebab-case":                       func(r *Rule) { r.ID = "Second" },
		"is registered twice":                            func(r *Rule) { r.ID = "first" },
		"family, summary, doc and since must be set":     func(r *Rule) { r.Doc = "" },
		"mentions go with Script":                        func(r *Rule) { r.Mentions = []string{"a"} },
		"the summary ends with a period":                 func(r *Rule) { r.Summary += "." },
		"the severity must be set; leave Presets empty ": func(r *Rule) { r.Severity = diag.Off },
	} {
		r := sound("second")
		spoil(r)
		panics(t, want, func() { Register(r) })
	}
	require.Len(t, All(), 1)
	NewSetting("forgotten", "In no rule.", true)
	panics(t, `no rule lists the option "forgotten"`, func() { All() })
}

func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		assert.Contains(t, recover(), want)
	}()
	f()
}
