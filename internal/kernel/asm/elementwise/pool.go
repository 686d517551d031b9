package main

var pooling = []kernel{}
