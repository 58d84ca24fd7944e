package protocol

import "encoding/json"

// The types of what concerns the folders that are open in the editor, and long work there.

// WorkspaceFoldersOptions say that the server takes several folders, and hears of changes.
type WorkspaceFoldersOptions struct {
	Supported           bool `json:"supported"`
	ChangeNotifications bool `json:"changeNotifications"`
}

// DidChangeWorkspaceFoldersParams tell which folders were opened and closed, as absolute paths.
type DidChangeWorkspaceFoldersParams struct{ Added, Removed []string }

// UnmarshalJSON reads what is there and of the right type.
func (p *DidChangeWorkspaceFoldersParams) UnmarshalJSON(data []byte) error {
	folders := func(name string) []string {
		var list []json.RawMessage
		lookup(data, &list, "event", name)
		var of InitializeParams
		for _, f := range list {
			of.addFolder(f, "uri")
		}
		return of.Folders
	}
	p.Added, p.Removed = folders("added"), folders("removed")
	return nil
}

// WorkDoneProgressCreateParams announce progress under a token.
type WorkDoneProgressCreateParams struct {
	Token string `json:"token"`
}

// ProgressParams tell of progress.
type ProgressParams struct {
	Token string               `json:"token"`
	Value WorkDoneProgressStep `json:"value"`
}

// WorkDoneProgressStep is the begin or the end of something that takes long, by its Kind.
type WorkDoneProgressStep struct {
	Kind    string `json:"kind"`
	Title   string `json:"title,omitempty"`
	Message string `json:"message,omitempty"`
}

// The kinds of steps.
const (
	ProgressBegin = "begin"
	ProgressEnd   = "end"
)
