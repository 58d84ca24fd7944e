package protocol

import (
	"fmt"
	"hash/fnv"
)

// DocumentDiagnosticParams ask for the diagnostics of a document. PreviousResultID is what came with the last ones.
type DocumentDiagnosticParams struct {
	DocumentParams
	PreviousResultID string `json:"previousResultId"`
}

// WorkspaceDiagnosticParams ask for the diagnostics of all files.
type WorkspaceDiagnosticParams struct {
	PreviousResultIDs []struct {
		URI   DocumentURI `json:"uri"`
		Value string      `json:"value"`
	} `json:"previousResultIds"`
}

// DocumentDiagnosticReport has the diagnostics of a document: the kind is "full", or "unchanged" where those that came with the same
// result id hold.
type DocumentDiagnosticReport struct {
	Kind     string        `json:"kind"`
	ResultID string        `json:"resultId"`
	Items    *[]Diagnostic `json:"items,omitempty"`
}

// WorkspaceDocumentDiagnosticReport is the report of one of all files. Version is nil where the file is not open.
type WorkspaceDocumentDiagnosticReport struct {
	DocumentDiagnosticReport
	URI     DocumentURI `json:"uri"`
	Version *int        `json:"version"`
}

// WorkspaceDiagnosticReport has the diagnostics of all files. Items must not be nil.
type WorkspaceDiagnosticReport struct {
	Items []WorkspaceDocumentDiagnosticReport `json:"items"`
}

// DiagnosticOptions say how diagnostics can be asked for.
type DiagnosticOptions struct {
	Identifier            string `json:"identifier,omitempty"`
	InterFileDependencies bool   `json:"interFileDependencies"`
	WorkspaceDiagnostics  bool   `json:"workspaceDiagnostics"`
}

// Report makes the report of a document out of its diagnostics, which must not be nil, and the result id that the client has, if it
// has one. The same diagnostics have the same id.
func Report(items []Diagnostic, previous string) (r DocumentDiagnosticReport, err error) {
	text, err := encode(items)
	if err != nil {
		return r, err
	}
	sum := fnv.New64a()
	_, _ = sum.Write(text)
	r = DocumentDiagnosticReport{Kind: "full", ResultID: fmt.Sprintf("%016x", sum.Sum64()), Items: &items}
	if r.ResultID == previous {
		r.Kind, r.Items = "unchanged", nil
	}
	return r, nil
}
