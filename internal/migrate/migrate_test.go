package migrate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/migrate"
	"github.com/nixsift/nixsift/rules"
	_ "github.com/nixsift/nixsift/rules/all"
)

// resolved returns the severities that a plan's configuration leads to.
func resolved(t *testing.T, p *migrate.Plan) func(id string) diag.Severity {
	t.Helper()
	c, problems := config.Load("/x/nixsift.toml", p.TOML(), engine.Catalogue())
	require.Empty(t, problems, p.TOML())
	r := c.For("/x/a.nix")
	return func(id string) diag.Severity {
		s, _ := r.Severity(id)
		return s
	}
}

func TestStatix(t *testing.T) {
	p := migrate.New()
	require.NoError(t, p.Statix([]byte("disabled = [\"useless_parens\", \"W20\", \"nonsense\"]\nignore = [\"vendor\", \".direnv\"]\nnix_version = '2.20'\n")))
	assert.Equal(t, []string{"vendor"}, p.Exclude)
	assert.Equal(t, []string{"statix nonsense"}, p.Unknown)
	on := resolved(t, p)
	assert.Equal(t, diag.Off, on("useless-parens"))
	assert.Equal(t, diag.Off, on("repeated-keys"))
	assert.NotEqual(t, diag.Off, on("eta-reduction"), "what statix runs stays on")
	assert.Contains(t, p.TOML(), `minimum-nix-version = "2.20"`)
	assert.Error(t, migrate.New().Statix([]byte("disabled = [")))
}

func TestDeadnix(t *testing.T) {
	p := migrate.New()
	require.NoError(t, p.Deadnix([]string{"-L", "--exclude", "gen", "--fail", "."}))
	assert.Equal(t, []string{"gen"}, p.Exclude)
	on := resolved(t, p)
	assert.Equal(t, diag.Off, on("unused-lambda-formal"))
	assert.NotEqual(t, diag.Off, on("unused-let-binding"))
	assert.NotEqual(t, diag.Off, on("unused-lambda-arg"), "deadnix reports it unless -l is given")
	assert.Equal(t, diag.Off, on("used-underscore-name"))
	assert.Error(t, migrate.New().Deadnix([]string{"--no-such-flag"}))
}

func TestNixf(t *testing.T) {
	p := migrate.New()
	require.NoError(t, p.Nixf([]string{"--ignore", "sema-unused-def-let", "-i", "sema-extra-with", "--variable-lookup", "a.nix"}))
	on := resolved(t, p)
	assert.Equal(t, diag.Off, on("unused-let-binding"))
	assert.Equal(t, diag.Off, on("unused-with"))
	assert.NotEqual(t, diag.Off, on("unused-rec"))
	assert.Equal(t, diag.Error, on("undefined-variable"), "what Nix rejects cannot be ignored")
}

// TestNames finds a rule by what other tools call it.
func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"W08": "useless-parens", "useless_parens": "useless-parens", "statix:W20": "repeated-keys", "sema-unused-def-let": "unused-let-binding",
		"unused_rec": "unused-rec", "missing-mkif": "missing-mkif",
	} {
		r := rules.Lookup(name)
		if assert.NotNil(t, r, name) {
			assert.Equal(t, want, r.ID)
		}
	}
}
