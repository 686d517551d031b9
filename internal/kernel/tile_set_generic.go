//go:build (!amd64 && !arm64) || noasm

package kernel

var tileSets [isaKinds]*tileSet
