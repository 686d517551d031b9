package cell

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"sync"
	"testing"
)

// document replaces the documentation for a test.
func document(t *testing.T, d Documentation) {
	t.Helper()
	var data bytes.Buffer
	zip := gzip.NewWriter(&data)
	if err := json.NewEncoder(zip).Encode(d); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	before := packed
	unpack, unpacked = sync.Once{}, nil
	SetDocumentation(data.Bytes())
	t.Cleanup(func() {
		unpack, unpacked = sync.Once{}, nil
		SetDocumentation(before)
	})
}

func TestLookup(t *testing.T) {
	document(t, Documentation{"p": {"F": {Decl: "func F()", Doc: "F does."}}})
	if e, ok := lookup("p", "F"); !ok || e.Doc != "F does." {
		t.Fatalf("got %v, %v", e, ok)
	}
	if _, ok := lookup("p", "G"); ok {
		t.Fatal("found what is not there")
	}
	if _, ok := lookup("q", "F"); ok {
		t.Fatal("found a package that is not there")
	}
}

func TestDamagedDocumentation(t *testing.T) {
	document(t, nil)
	SetDocumentation([]byte("no gzip"))
	if _, ok := lookup("p", "F"); ok {
		t.Fatal("found something in nothing")
	}
}
