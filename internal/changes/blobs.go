package changes

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/workspace"
)

// blobs reads contents by one git program, which is started for the first and lives on.
type blobs struct {
	ctx     context.Context
	program *program

	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	broken error // why git cannot be asked any more
	ended  int   // how often git gave up over a content
	failed map[git.ID]error
}

// errMissing is the error of a content that the object store does not have.
var errMissing = errors.New("what is staged is not among the objects of the repository, and nothing is fetched " +
	"(a partial clone fetches what a checkout needs: run `git checkout-index --all --prefix=$(mktemp -d)/`)")

// Blob returns a content of at most workspace.MaxFile bytes.
func (b *blobs) Blob(id git.ID) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.failed[id]; err != nil {
		return nil, err
	}
	text, err := b.read(id)
	var large *workspace.TooLargeError
	if err != nil && !errors.As(err, &large) { // nothing reads those, wherever they are
		if b.failed == nil {
			b.failed = map[git.ID]error{}
		}
		b.failed[id] = err
	}
	return text, err
}

func (b *blobs) read(id git.ID) ([]byte, error) {
	if b.broken == nil && b.cmd == nil {
		b.broken = b.start()
	}
	if b.broken != nil {
		return nil, b.broken
	}
	text, err := b.ask(id)
	var large *workspace.TooLargeError
	switch {
	case err == nil || errors.Is(err, errMissing) || errors.As(err, &large):
	case errors.Is(err, io.EOF) && b.ctx.Err() == nil:
		// Versions that know of no GIT_NO_LAZY_FETCH end where they may not fetch.
		b.stop()
		err = errMissing
		if b.ended++; b.ended >= maxEnded {
			b.broken = errMissing
		}
	default:
		err = fmt.Errorf("reading what is staged by `git cat-file`: %w", err)
		b.broken = err
	}
	return text, err
}

// maxEnded is the number of times that git may give up before it is asked no more.
const maxEnded = 8

// stop ends the program.
func (b *blobs) stop() {
	if b.cmd != nil && b.cmd.Process != nil {
		_ = b.in.Close()
		_ = b.cmd.Wait()
	}
	b.cmd = nil
}

func (b *blobs) start() (err error) {
	if b.cmd, err = b.program.command(b.ctx, "cat-file", "--batch"); err != nil {
		return err
	}
	if b.in, err = b.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	b.out = bufio.NewReaderSize(out, 1<<16)
	return b.cmd.Start()
}

// ask sends a name and reads the answer: a line with name, type and size, the content, and a line end, or a line that
// ends in "missing" (git-cat-file(1), "Batch output").
func (b *blobs) ask(id git.ID) ([]byte, error) {
	if _, err := io.WriteString(b.in, id.String()+"\n"); err != nil {
		return nil, err
	}
	head, err := b.out.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) == 2 && fields[1] == "missing" {
		return nil, errMissing
	}
	if len(fields) != 3 || fields[0] != id.String() {
		return nil, fmt.Errorf("it answers %q", head)
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 {
		return nil, fmt.Errorf("it answers %q", head)
	}
	if size > workspace.MaxFile {
		if _, err := io.CopyN(io.Discard, b.out, size+1); err != nil {
			return nil, err
		}
		return nil, &workspace.TooLargeError{Size: size, Max: workspace.MaxFile}
	}
	text := make([]byte, size+1)
	if _, err := io.ReadFull(b.out, text); err != nil {
		return nil, err
	}
	if text = text[:size]; fields[1] != "blob" {
		return nil, fmt.Errorf("%s is a %s", id, fields[1])
	}
	return text, nil
}

// close ends the program.
func (b *blobs) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stop()
	b.broken = errors.New("git is not asked any more")
}

// unread returns how many contents could not be read, and why one of them.
func (b *blobs) unread() (n int, why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, err := range b.failed {
		return len(b.failed), err
	}
	return 0, nil
}
