// Package client speaks to A.R.I.S.E. over HTTP. All but this file is generated
// from openapi.yaml; it imports nothing else of ours, so any program may use it.
// The pendrive is its first user.
package client
