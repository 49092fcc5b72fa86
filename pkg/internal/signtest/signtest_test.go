package signtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVectorFilesAreRead(t *testing.T) {
	whole := `"story":"s","method":"POST","path":"/p","clientId":"c","time":"1","key":"k"`
	tests := []struct{ name, text, wrong string }{
		{"whole", `{` + whole + `,"body":"","header":"","verdict":"ok"}`, ""},
		{"whole, with bytes", `{` + whole + `,"bodyBase64":"","header":"","verdict":"header"}`, ""},
		{"unknown field", `{` + whole + `,"body":"","header":"","verdict":"ok","verdit":"ok"}`, `unknown field "verdit"`},
		{"unknown field inside", `{` + whole + `,"content":{"size":1},"body":"","header":"","verdict":"ok"}`, `unknown field "size"`},
		{"unknown verdict", `{` + whole + `,"body":"","header":"","verdict":"fine"}`, "no verdict"},
		{"no verdict", `{` + whole + `,"body":"","header":""}`, "no verdict"},
		{"no body", `{` + whole + `,"header":"","verdict":"ok"}`, "one of body and bodyBase64"},
		{"two bodies", `{` + whole + `,"body":"","bodyBase64":"","header":"","verdict":"ok"}`, "one of body and bodyBase64"},
		{"no header", `{` + whole + `,"body":"","verdict":"ok"}`, "header is missing"},
		{"no message", `{"body":"","header":"","verdict":"ok"}`, "is missing"},
		{"two vectors", `{` + whole + `,"body":"","header":"","verdict":"ok"}{}`, "behind the vector"},
		{"nothing", ``, "EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "v.json"), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			vectors, err := readVectors(folder)
			switch {
			case test.wrong == "" && (err != nil || len(vectors) != 1):
				t.Errorf("read %d vectors, %v; want one", len(vectors), err)
			case test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)):
				t.Errorf("error %v; want one with %q", err, test.wrong)
			}
		})
	}
}

func TestEmptyFolderIsAnError(t *testing.T) {
	if _, err := readVectors(t.TempDir()); err == nil {
		t.Error("an empty folder of vectors passed")
	}
}
