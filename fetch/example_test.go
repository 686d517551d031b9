package fetch_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/stheno-ml/stheno/fetch"
)

// The first mirror is gone, the second has the file.
func ExampleClient_Get() {
	mux := http.NewServeMux()
	mux.HandleFunc("/mirror/labels.txt", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "cat\ndog\n") })
	server := httptest.NewServer(mux)
	defer server.Close()

	dir, err := os.MkdirTemp("", "fetch")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	sum := sha256.Sum256([]byte("cat\ndog\n"))
	file := fetch.File{Name: "labels.txt", Size: 8, SHA256: hex.EncodeToString(sum[:]),
		URLs: []string{server.URL + "/gone/labels.txt", server.URL + "/mirror/labels.txt"}}
	if err := (fetch.Client{}).Get(context.Background(), dir, file); err != nil {
		log.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, "labels.txt"))
	fmt.Printf("%q %v\n", content, err)
	// Output: "cat\ndog\n" <nil>
}
