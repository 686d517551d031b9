package imaging

// The constants that are in use with the well-known sets of images. Each call
// returns slices of its own.

// MNIST is measured on the pixels of MNIST's 60,000 training images.
func MNIST() Normalization {
	return Normalization{Mean: []float32{0.1307}, Std: []float32{0.3081}}
}

// CIFAR10 is measured on the pixels of CIFAR-10's 50,000 training images, for
// red, green and blue.
func CIFAR10() Normalization {
	return Normalization{Mean: []float32{0.4914, 0.4822, 0.4465}, Std: []float32{0.2470, 0.2435, 0.2616}}
}

// ImageNet holds the numbers that networks for ImageNet are commonly trained
// with, torchvision's among them, for red, green and blue.
func ImageNet() Normalization {
	return Normalization{Mean: []float32{0.485, 0.456, 0.406}, Std: []float32{0.229, 0.224, 0.225}}
}
