package lsp

import (
	"context"
	"slices"
	"time"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// refreshTimeout is how long a client may take to answer that it asks again.
const refreshTimeout = 10 * time.Second

// workspaceDiagnostic answers with the findings in all files of the folders that are open, the buffers in the place of what is on
// disk. Where the client has all of that, the request is held until something changes. What is typed meanwhile calls the run off.
func workspaceDiagnostic(s *Server, r *protocol.Request) (work, error) {
	var params protocol.WorkspaceDiagnosticParams
	if err := r.Decode(&params); err != nil {
		return nil, err
	}
	previous := map[protocol.DocumentURI]string{}
	for _, p := range params.PreviousResultIDs {
		previous[p.URI] = p.Value
	}
	return func(ctx context.Context) (any, error) {
		for {
			s.mu.Lock()
			turned := s.turned
			folders := slices.Clone(s.folders)
			snap := s.snapshot(&openDocument{doc: &document{encoding: s.encoding, lines: source.NewLineIndex("")}})
			s.mu.Unlock()
			report, err := s.reportAll(ctx, snap, folders, turned, previous)
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case err == nil && (len(report.Items) > 0 || len(previous) == 0):
				return report, nil
			case err != nil && !isClosed(turned):
				return nil, err
			}
			select {
			case <-turned:
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-s.ends():
				return nil, context.Canceled
			}
			select {
			case <-time.After(s.opts.Idle): // others may follow
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-s.ends():
				return nil, context.Canceled
			}
		}
	}, nil
}

// reportAll checks all files of some folders. It reports those whose diagnostics are others than the client has. It ends when turned
// is closed.
func (s *Server) reportAll(ctx context.Context, p *snapshot, folders []string, turned <-chan struct{}, previous map[protocol.DocumentURI]string) (report protocol.WorkspaceDiagnosticReport, err error) {
	report.Items = []protocol.WorkspaceDocumentDiagnosticReport{}
	if len(folders) == 0 {
		return report, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-turned:
			cancel()
		case <-s.ends():
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := acquire(ctx, s.heavy); err != nil {
		return report, err
	}
	defer release(s.heavy)
	res, err := p.checker.Run(ctx, folders)
	if err != nil {
		return report, err
	}
	byFile := map[string][]diag.Finding{}
	for _, f := range res.Findings {
		byFile[f.File] = append(byFile[f.File], f)
	}
	places := map[string]place{}
	seen := map[protocol.DocumentURI]bool{}
	add := func(uri protocol.DocumentURI, version *int, items []protocol.Diagnostic) error {
		seen[uri] = true
		one, err := protocol.Report(items, previous[uri])
		if err == nil && one.Kind == "full" {
			report.Items = append(report.Items, protocol.WorkspaceDocumentDiagnosticReport{DocumentDiagnosticReport: one, URI: uri, Version: version})
		}
		return err
	}
	for _, file := range sortedKeys(byFile) {
		to := p.place(file, places)
		if to.at == nil {
			continue
		}
		q, version := *p, (*int)(nil)
		doc := &document{uri: to.uri, path: file, onDisk: true, encoding: p.doc.encoding, lines: to.at.lines, text: to.at.lines.Text()}
		if open := p.docs[file]; open != nil {
			version = open.version
		}
		q.doc = doc
		found := &result{snap: &q, findings: byFile[file]}
		q.markBaselined(found.findings)
		if err := add(to.uri, version, q.diagnostics(shown(found))); err != nil {
			return report, err
		}
	}
	for uri := range previous {
		if !seen[uri] {
			if err := add(uri, nil, []protocol.Diagnostic{}); err != nil {
				return report, err
			}
		}
	}
	return report, nil
}

func sortedKeys(m map[string][]diag.Finding) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
