//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// plainEnv is the environment of a program that runs neither in CI nor with wishes about colours.
func plainEnv(more ...string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "TERM=xterm-256color"}
	return append(env, more...)
}

// inPlain runs the real program in such an environment, its output in pipes.
func inPlain(t *testing.T, dir string, env []string, args ...string) outcome {
	t.Helper()
	return start(t, dir, func(cmd *exec.Cmd) { cmd.Env = plainEnv(env...) }, args...)
}

// onTerminal runs the real program with all streams on a terminal of some columns, and returns all that it shows.
func onTerminal(t *testing.T, dir string, columns int, env []string, args ...string) (status int, shown string) {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	cmd.Dir, cmd.Env = dir, plainEnv(env...)
	return atTerminal(t, cmd, columns)
}

func atTerminal(t *testing.T, cmd *exec.Cmd, columns int) (status int, shown string) {
	t.Helper()
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: uint16(columns)})
	require.NoError(t, err)
	defer func() { _ = terminal.Close() }()
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	var b bytes.Buffer
	_, _ = io.Copy(&b, terminal) // ends with EIO on Linux
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), strings.ReplaceAll(b.String(), "\r\n", "\n")
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)

// someFindings has an error, a warning with a safe fix, one that is silenced, and a file of n findings.
func someFindings(t *testing.T, n int) string {
	var many strings.Builder
	many.WriteString("let\n")
	for i := range n {
		fmt.Fprintf(&many, "  name%d = %d;\n", i, i)
	}
	many.WriteString("in 1\n")
	return testenv.Tree(t, map[string]string{
		"broken.nix": "{ a = nowhere; }\n", "unused.nix": "let a = 1; in 2\n", "many.nix": many.String(),
		"silenced.nix": "import ./gone.nix # nixsift: ignore[missing-path] made by the installer\n",
	})
}

func TestOutputs(t *testing.T) {
	dir := someFindings(t, 3)
	o := inPlain(t, dir, nil, "check", "-o", "sarif=out/a.sarif", "--output", "json=b.json", "--output", "checkstyle="+dir+"/c.xml", "-o", "gitlab=d.json", "-o", "markdown=e.md", ".")
	assert.Equal(t, exitUsage, o.status, "out is no folder")
	assert.Contains(t, o.errors, "nixsift: the report out/a.sarif is not written: no such file or directory\n")
	assert.Contains(t, o.out, "error[undefined-variable]", "what is printed stays the same")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "out"), 0o755))
	o = inPlain(t, dir, nil, "check", "-o", "sarif=out/a.sarif", ".")
	assert.Equal(t, exitFindings, o.status)
	assert.Empty(t, o.errors)

	text := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return string(b)
	}
	report, err := sarif.FromString(text("out/a.sarif"))
	require.NoError(t, err)
	require.Len(t, report.Runs[0].Results, 6)
	last := report.Runs[0].Results[5]
	assert.Equal(t, "missing-path", *last.RuleID)
	assert.Equal(t, "made by the installer", *last.Suppressions[0].Justification)
	var out struct{ Findings []any }
	require.NoError(t, json.Unmarshal([]byte(text("b.json")), &out))
	assert.Len(t, out.Findings, 5)
	assert.NoError(t, xml.Unmarshal([]byte(text("c.xml")), new(struct{ XMLName xml.Name })))
	assert.True(t, json.Valid([]byte(text("d.json"))))
	assert.Contains(t, text("e.md"), "### nixsift: 1 error, 4 warnings")

	o = inPlain(t, dir, nil, "check", "-o", "json=-", "-o", "short=f.txt", ".")
	assert.Equal(t, exitFindings, o.status)
	assert.True(t, json.Valid([]byte(o.out)))
	assert.Equal(t, 5, strings.Count(text("f.txt"), "\n"))

	o = inPlain(t, dir, []string{"GITHUB_ACTIONS=true"}, "check", "--format", "sarif", ".")
	assert.NotContains(t, o.out, "installer", "GitHub would raise an alert")
	assert.Contains(t, inPlain(t, dir, nil, "check", "--format", "sarif", ".").out, "made by the installer")
}

func TestOutputErrors(t *testing.T) {
	dir := someFindings(t, 1)
	for args, want := range map[string]string{
		"-o json": "write FORMAT=FILE", "-o json=": "write FORMAT=FILE", "-o =x": `unknown format ""`, "-o nope=x": `unknown format "nope"`,
		"-o auto=x": `unknown format "auto"`, "-o json=- -o sarif=-": "takes one of them", "-f short -o json=-": "takes one of them",
		"-o json=broken.nix": "a file that nixsift reads", "-o json=nixsift.toml": "a file that nixsift reads", "-o json=flake.lock": "a file that nixsift reads",
		"-o json=x -o sarif=./x": "takes one report", "--diff -o json=x": "--diff", "--diff --statistics": "--diff",
		"--statistics -f sarif": "--statistics goes with", "-q -v": "contradict", "--watch --fix": "--watch", "--watch --diff": "--watch", "--watch -": "--watch",
	} {
		o := inPlain(t, dir, nil, append([]string{"check"}, strings.Fields(args)...)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.errors, want, args)
		assert.Empty(t, o.out, args)
	}
	text, err := os.ReadFile(filepath.Join(dir, "broken.nix"))
	require.NoError(t, err)
	assert.Equal(t, "{ a = nowhere; }\n", string(text))
	assert.NoFileExists(t, filepath.Join(dir, "x"))

	full := inPlain(t, dir, nil, "check", "-o", "json=/dev/full", "-o", "short=ok.txt", ".")
	assert.Equal(t, exitUsage, full.status)
	assert.Contains(t, full.errors, "no space left")
	assert.FileExists(t, filepath.Join(dir, "ok.txt"), "the rest comes out")
	assert.Contains(t, full.out, "undefined-variable")
}

func TestAutoFormat(t *testing.T) {
	dir := someFindings(t, 1)
	for _, c := range []struct{ env, want string }{
		{"", "broken.nix:1:7: error: undefined variable"}, {"GITHUB_ACTIONS=true", "::error file=broken.nix,line=1,"},
		{"GITLAB_CI=true", `"check_name":"undefined-variable"`}, {"GITHUB_ACTIONS=false", "broken.nix:1:7: error: "},
	} {
		o := inPlain(t, dir, []string{c.env}, "check", "--format", "auto", ".")
		assert.Contains(t, o.out, c.want, c.env)
		assert.Equal(t, exitFindings, o.status)
	}
	_, shown := onTerminal(t, dir, 100, []string{"GITHUB_ACTIONS=true"}, "check", "--format", "auto", ".")
	assert.Contains(t, escapes.ReplaceAllString(shown, ""), "error[undefined-variable]: undefined variable `nowhere`\n --> broken.nix:1:7\n")
	assert.Contains(t, inPlain(t, dir, []string{"GITHUB_ACTIONS=true"}, "check", "--format", "auto", "--statistics", ".").out, "1  error    undefined-variable")
}

func TestJobSummary(t *testing.T) {
	dir := someFindings(t, 1)
	page := filepath.Join(t.TempDir(), "summary.md")
	require.NoError(t, os.WriteFile(page, []byte("before\n"), 0o644))
	for range 2 {
		o := inPlain(t, dir, []string{"GITHUB_STEP_SUMMARY=" + page}, "check", "--format", "github", ".")
		assert.Equal(t, exitFindings, o.status)
		assert.Contains(t, o.out, "::error file=broken.nix")
		assert.Empty(t, o.errors)
	}
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(text), "before\n### nixsift: 1 error, 2 warnings"), "it is added to")
	assert.Equal(t, 2, strings.Count(string(text), "### nixsift"))
	assert.Contains(t, string(text), "undefined variable <code>nowhere</code>")

	o := inPlain(t, dir, []string{"GITHUB_STEP_SUMMARY=/no/such/folder/x"}, "check", "unused.nix", "--exit-zero")
	assert.Equal(t, exitClean, o.status, "nobody asked for it")
	assert.Contains(t, o.errors, "the job summary is not written (GITHUB_STEP_SUMMARY): ")

	write(t, "[rules]\n", dir, "nixsift.toml")
	for file, why := range map[string]string{"unused.nix": "a file that nixsift reads", "nixsift.toml": "a file that nixsift reads", ".gitignore": "a file of Git"} {
		before, _ := os.ReadFile(filepath.Join(dir, file))
		for _, page := range []string{file, filepath.Join(dir, file)} {
			o := inPlain(t, dir, []string{"GITHUB_STEP_SUMMARY=" + page}, "check", "unused.nix", "--exit-zero")
			assert.Equal(t, exitClean, o.status, page)
			assert.Contains(t, o.errors, "the job summary is not written (GITHUB_STEP_SUMMARY): a report would replace "+why)
		}
		after, _ := os.ReadFile(filepath.Join(dir, file))
		assert.Equal(t, string(before), string(after), file)
	}
}

func TestQuietAndVerbose(t *testing.T) {
	dir := someFindings(t, 1)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "empty"), 0o755))
	o := inPlain(t, dir, nil, "check", "unused.nix", "empty")
	assert.Contains(t, o.out, "1 warning in 1 file")
	assert.Contains(t, o.errors, "nothing to check in empty")
	o = inPlain(t, dir, nil, "check", "--quiet", "unused.nix", "empty")
	assert.Equal(t, exitFindings, o.status)
	assert.Contains(t, o.out, "warning[unused-let-binding]")
	assert.NotContains(t, o.out, "1 warning in")
	assert.Equal(t, "nixsift: nothing to check in empty: it has no Nix files, lock files, CI files, shell scripts, Makefiles or justfiles\n", o.errors)
	o = inPlain(t, dir, nil, "check", "-q", "silenced.nix", "gone")
	assert.Equal(t, exitUsage, o.status)
	assert.Equal(t, "gone: error: no such file or directory [unreadable]\n", o.out, "errors are told")
	assert.Equal(t, outcome{}, inPlain(t, dir, nil, "check", "-q", "silenced.nix"))

	o = inPlain(t, dir, nil, "check", "-q", "--exclude", "unused.nix", "silenced.nix", "unused.nix")
	assert.Equal(t, outcome{errors: "nixsift: unused.nix is not checked: `unused.nix` excludes it (--exclude)\n"}, o, "nobody should take it for checked")

	o = inPlain(t, dir, nil, "check", "-v", "silenced.nix")
	assert.Contains(t, o.errors, "nixsift: configuration: none, so the defaults hold\n")
	assert.Regexp(t, `nixsift: version \S+ checked 1 file in \d+ ms, \d+ at once\n`, o.errors)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nixsift.toml"), nil, 0o644))
	assert.Contains(t, inPlain(t, dir, nil, "check", "-v", "silenced.nix").errors, "nixsift: configuration: nixsift.toml\n")

	o = inPlain(t, dir, nil, "check", "-q", "--fix", "unused.nix")
	assert.Equal(t, outcome{}, o)
	text, err := os.ReadFile(filepath.Join(dir, "unused.nix"))
	require.NoError(t, err)
	assert.Equal(t, "2\n", string(text))
}

func TestStatisticsFlag(t *testing.T) {
	dir := someFindings(t, 3)
	o := inPlain(t, dir, nil, "check", "--statistics", ".")
	assert.Equal(t, exitFindings, o.status)
	assert.Equal(t, "4  warning  unused-let-binding  4 with --fix\n1  error    undefined-variable  1 by hand\n\n"+
		"1 error, 4 warnings in 4 files; 4 fixable with --fix; 1 suppressed\n", o.out)
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(testenv.Root(t), "docs/schema/findings-v1.schema.json"))
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(inPlain(t, dir, nil, "check", "--statistics", "--format", "json", ".").out))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(value))
	assert.Len(t, value.(map[string]any)["statistics"], 2)
}

func TestVersionFlag(t *testing.T) {
	o := inPlain(t, t.TempDir(), nil, "--version")
	assert.Equal(t, exitClean, o.status)
	assert.Regexp(t, `^nixsift \d+\.\d+\.\d+`, o.out)
	assert.Equal(t, o.out, inPlain(t, t.TempDir(), nil, "version").out)
}

// TestFirstRun: somebody at a terminal is shown the errors and counts of the rest, where there is much; a pipe gets everything.
func TestFirstRun(t *testing.T) {
	dir := someFindings(t, manyFindings)
	status, shown := onTerminal(t, dir, 90, nil, "check", ".")
	assert.Equal(t, exitFindings, status)
	shown = escapes.ReplaceAllString(shown, "")
	assert.Contains(t, shown, "error[undefined-variable]")
	assert.Contains(t, shown, "Beside the 1 error above there are 51 findings, by rule:\n51  warning  unused-let-binding  51 with --fix\n")
	assert.Contains(t, shown, "--all                 prints every finding")
	assert.NotContains(t, shown, "warning[")
	_, shown = onTerminal(t, dir, 90, nil, "check", "--all", ".")
	assert.Equal(t, 51, strings.Count(escapes.ReplaceAllString(shown, ""), "warning["))
	_, shown = onTerminal(t, dir, 90, nil, "check", "--quiet", ".")
	assert.Equal(t, 51, strings.Count(escapes.ReplaceAllString(shown, ""), "warning["))
	_, shown = onTerminal(t, dir, 90, nil, "check", "many.nix")
	assert.Equal(t, 50, strings.Count(escapes.ReplaceAllString(shown, ""), "warning["), "so many are shown")
	assert.Equal(t, 51, strings.Count(inPlain(t, dir, nil, "check", ".").out, "warning["))
	_, shown = onTerminal(t, dir, 90, nil, "check", "--format", "short", ".")
	assert.Equal(t, 52, strings.Count(shown, "\n"))
}

// TestTerminalWidth holds that what a terminal shows fits it.
func TestTerminalWidth(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "{ description = \"漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\" + nowhere + \"" + strings.Repeat("long ", 50) + "\"; }\n"})
	for _, columns := range []int{40, 80, 120} {
		_, shown := onTerminal(t, dir, columns, nil, "check", "--color", "never", ".")
		lines := strings.Split(shown, "\n")
		for i, line := range lines {
			wide := len([]rune(line)) + strings.Count(line, "漢") + strings.Count(line, "字")
			if !strings.Contains(line, "= see:") {
				assert.LessOrEqual(t, wide, columns, line)
			}
			if at := strings.Index(line, "^^^^^^^"); at >= 0 {
				above := lines[i-1]
				text, _, found := strings.Cut(above, "nowhere")
				require.True(t, found, above)
				before := []rune(text)
				assert.Equal(t, at, len(before)+strings.Count(string(before), "漢")+strings.Count(string(before), "字"), "%s\n%s", above, line)
			}
		}
	}
	_, shown := onTerminal(t, dir, 0, []string{"COLUMNS=50"}, "check", "--color", "never", ".")
	assert.Contains(t, shown, "\n1 | ", "a terminal without a size")
	assert.Contains(t, inPlain(t, dir, []string{"COLUMNS=50"}, "check", ".").out, strings.Repeat("long ", 10), "a pipe is no terminal")
}

func TestColors(t *testing.T) {
	dir := someFindings(t, 1)
	for _, c := range []struct {
		env      string
		terminal bool
		args     string
		want     bool
	}{
		{"", true, "", true}, {"", false, "", false}, {"TERM=dumb", true, "", false}, {"NO_COLOR=1", true, "", false}, {"NO_COLOR=", true, "", true},
		{"FORCE_COLOR=1", false, "", true}, {"FORCE_COLOR=0", true, "", false}, {"CLICOLOR_FORCE=1", false, "", true}, {"CLICOLOR_FORCE=0", false, "", false},
		{"CLICOLOR=0", true, "", false}, {"CLICOLOR=1", true, "", true}, {"CLICOLOR=1", false, "", false}, {"NO_COLOR=1 FORCE_COLOR=1", true, "", false},
		{"TERM=dumb FORCE_COLOR=1", true, "", true}, {"NO_COLOR=1", false, "--color=always", true}, {"FORCE_COLOR=1", true, "--color=never", false},
	} {
		args := append([]string{"check", "unused.nix"}, strings.Fields(c.args)...)
		env := strings.Fields(c.env)
		shown := ""
		if c.terminal {
			_, shown = onTerminal(t, dir, 80, env, args...)
		} else {
			shown = inPlain(t, dir, env, args...).out
		}
		assert.Equal(t, c.want, strings.Contains(shown, "\x1b["), "%+v", c)
		assert.Contains(t, escapes.ReplaceAllString(shown, ""), "warning[unused-let-binding]: ")
	}
}

// TestProgress runs with progress shown at once, in a process of its own: on a terminal it is shown and taken away, elsewhere not.
func TestProgress(t *testing.T) {
	files := map[string]string{}
	for i := range 2000 {
		files[fmt.Sprintf("m%d.nix", i)] = "[" + strings.Repeat(" 1 2 3", 200) + " ]\n"
	}
	dir := testenv.Tree(t, files)
	command := func(env string, args ...string) *exec.Cmd {
		cmd := exec.Command(os.Args[0], append([]string{"check"}, args...)...)
		cmd.Dir, cmd.Env = dir, plainEnv(helper+"=progress", env)
		return cmd
	}
	status, shown := atTerminal(t, command(""), 80)
	assert.Equal(t, exitClean, status)
	assert.Regexp(t, `\r\x1b\[Knixsift: \d+ of 2000 files, \d+/s`, shown)
	at := strings.LastIndex(shown, clearLine)
	require.NotEqual(t, -1, at)
	assert.Equal(t, "no findings in 2000 files\n"+inPreview(), escapes.ReplaceAllString(shown[at+len(clearLine):], ""), "it is taken away before the report")
	for _, c := range []*exec.Cmd{command("TERM=dumb"), command("", "--quiet")} {
		_, shown = atTerminal(t, c, 80)
		assert.NotContains(t, shown, "of 2000 files,")
	}
	_, shown = atTerminal(t, command(""), 20)
	for line := range strings.SplitSeq(shown, clearLine) {
		if strings.HasPrefix(line, "nixsift: ") {
			assert.Less(t, len(line), 20)
		}
	}
	piped := command("")
	text, err := piped.CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, "no findings in 2000 files\n", string(text))
	assert.Equal(t, 500*time.Millisecond, progressAfter)
}

// watched is a real program that watches. Its output goes to a file: all of it is there when standard error says so.
type watched struct {
	cmd  *exec.Cmd
	told chan struct{} // once for each run
	out  *os.File
}

func startWatching(t *testing.T, dir string, args ...string) *watched {
	t.Helper()
	w := &watched{cmd: exec.Command(program(t), append([]string{"check", "--watch"}, args...)...), told: make(chan struct{}, 100)}
	name := filepath.Join(t.TempDir(), "out")
	to, err := os.Create(name)
	require.NoError(t, err)
	defer func() { _ = to.Close() }()
	w.out, err = os.Open(name)
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.out.Close() })
	w.cmd.Dir, w.cmd.Env, w.cmd.Stdout = dir, plainEnv(), to
	pipe, err := w.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, w.cmd.Start())
	t.Cleanup(func() { _ = w.cmd.Process.Kill() })
	go func() {
		defer close(w.told)
		text := make([]byte, 4096)
		for {
			n, err := pipe.Read(text)
			if err != nil {
				return
			}
			for range strings.Count(string(text[:n]), "waiting for changes") {
				w.told <- struct{}{}
			}
		}
	}()
	return w
}

// next returns what the next run prints.
func (w *watched) next(t *testing.T) string {
	t.Helper()
	select {
	case _, ok := <-w.told:
		require.True(t, ok, "it has ended")
	case <-time.After(30 * time.Second):
		t.Fatal("nothing is checked again")
	}
	text, err := io.ReadAll(w.out)
	require.NoError(t, err)
	return string(text)
}

// until waits for a run that prints what is expected. Whoever writes a file makes it empty first, which may be seen.
func (w *watched) until(t *testing.T, what string, expected func(out string) bool) {
	t.Helper()
	for range 10 {
		if expected(w.next(t)) {
			return
		}
	}
	t.Fatal(what)
}

func (w *watched) stop(t *testing.T, s os.Signal) int {
	t.Helper()
	require.NoError(t, w.cmd.Process.Signal(s))
	for range w.told {
	}
	_ = w.cmd.Wait()
	return w.cmd.ProcessState.ExitCode()
}

func TestWatch(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "import ./b.nix\n", "c.nix": "let x = 1; in 2\n"})
	put := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	w := startWatching(t, dir, "--format", "short", "--output", "json=report.json")
	const unused, gone = "[unused-let-binding]\n", "[missing-path]\n"
	first := w.next(t)
	assert.Contains(t, first, unused)
	assert.Contains(t, first, gone)
	assert.NotContains(t, first, "\x1b", "no screen to clear")
	put("b.nix", "1\n")
	w.until(t, "another file answers a question", func(out string) bool { return strings.Contains(out, unused) && !strings.Contains(out, gone) })
	put("nixsift.toml", "[rules]\nunused-let-binding = \"of\"\n")
	w.until(t, "the configuration is broken", func(out string) bool { return strings.Contains(out, "nixsift.toml:2:") })
	put("nixsift.toml", "[rules]\nunused-let-binding = \"off\"\n")
	w.until(t, "it is mended", func(out string) bool { return out == "" })
	put("c.nix", "{ x = ; }\n")
	w.until(t, "the text is another", func(out string) bool { return strings.Contains(out, "[syntax-error]") })
	text, err := os.ReadFile(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "syntax-error", "the reports are written each time")
	assert.Equal(t, exitFindings, w.stop(t, os.Interrupt), "the status of the last run")

	w = startWatching(t, dir, "a.nix")
	assert.Contains(t, w.next(t), "no findings in 1 file")
	assert.Equal(t, exitClean, w.stop(t, os.Interrupt))
	w = startWatching(t, dir, "no-such.nix")
	assert.Contains(t, w.next(t), "no-such.nix: error: ")
	put("no-such.nix", "2\n")
	w.until(t, "it has come", func(out string) bool { return strings.Contains(out, "no findings in 1 file") })
	assert.Equal(t, exitTerminated, w.stop(t, syscall.SIGTERM))
}

// TestWatchTerminal: a terminal is cleared before each run is told, a dumb one is not.
func TestWatchTerminal(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "1\n"})
	for term, cleared := range map[string]bool{"xterm": true, "dumb": false} {
		cmd := exec.Command(program(t), "check", "--watch", ".")
		cmd.Dir, cmd.Env = dir, plainEnv("TERM="+term)
		terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 80})
		require.NoError(t, err)
		var shown strings.Builder
		buffer := make([]byte, 4096)
		for !strings.Contains(shown.String(), "Ctrl-C ends") {
			n, err := terminal.Read(buffer)
			require.NoError(t, err)
			shown.Write(buffer[:n])
		}
		assert.Equal(t, cleared, strings.Contains(shown.String(), clearScreen))
		_, err = terminal.Write([]byte{3}) // Ctrl-C
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, terminal)
		assert.NoError(t, cmd.Wait())
		_ = terminal.Close()
	}
}
