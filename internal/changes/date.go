package changes

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CommitTime returns when the commit was made that is checked out in the repository around a folder.
func CommitTime(ctx context.Context, dir string) (time.Time, error) {
	repo, err := open(dir, "the date of the commit", false)
	if err != nil {
		return time.Time{}, err
	}
	out, err := newProgram(repo).run(ctx, "cat-file", "commit", "HEAD")
	if err != nil {
		return time.Time{}, err
	}
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line == "" {
			break // the message
		}
		fields := strings.Fields(line)
		if fields[0] != "committer" || len(fields) < 3 {
			continue
		}
		seconds, err := strconv.ParseInt(fields[len(fields)-2], 10, 64)
		if err != nil || seconds <= 0 {
			break
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("the commit that is checked out in %s has no date", repo.Root())
}
