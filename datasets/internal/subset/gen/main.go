// Command gen writes the embedded part of MNIST from the full set.
//
//	go run ./internal/subset/gen -data DIR -out embedded
//
// DIR (default: the environment variable STHENO_DATA) holds the four published files, or a folder
// mnist with them. The result is always the same, so a second run leaves the files alone.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/stheno-ml/stheno/datasets/internal/idx"
	"github.com/stheno-ml/stheno/datasets/internal/subset"
)

func main() {
	log.SetFlags(0)
	data := flag.String("data", os.Getenv("STHENO_DATA"), "folder of the full MNIST set")
	out := flag.String("out", "embedded", "folder to write to")
	flag.Parse()
	if *data == "" {
		log.Fatal("gen: say where the full MNIST set is: -data DIR, or STHENO_DATA=DIR")
	}
	if err := run(*data, *out); err != nil {
		log.Fatal("gen: ", err)
	}
}

func run(data, out string) error {
	files, err := subset.Make(data)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(out, name+".gz")
		// Another Go release may compress to other bytes; equal contents are left as they are.
		if old, err := idx.ReadFile(path, idx.Exactly(files[name].Dims...)...); err == nil && bytes.Equal(old.Data, files[name].Data) {
			fmt.Println(path, "is up to date")
			continue
		}
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if err := idx.Write(z, files[name]); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Println(path, b.Len(), "bytes")
	}
	return nil
}
