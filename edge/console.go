//go:build !windows

package main

// linger is for Windows, whose windows close with the program in them.
func linger() {}
