package imaging

// The constants that are in use with the well-known sets of images. Each call
// returns slices of its own.

// MNIST is measured on the pixels of MNIST's 60,000 training images.
func MNIST() Normalization {
	return Normalization{Mean: []float32{0.1307}, Std: []float32{0.3081}}
}

// FashionMNIST belongs to the pixels of Fashion-MNIST's 60,000 training images.
func FashionMNIST() Normalization {
	return Normalization{Mean: []float32{0.2860}, Std: []float32{0.3530}}
}

// KMNIST belongs to the pixels of KMNIST's 60,000 training images.
func KMNIST() Normalization {
	return Normalization{Mean: []float32{0.1918}, Std: []float32{0.3483}}
}

// CIFAR10 is measured on the pixels of CIFAR-10's 50,000 training images, for
// red, green and blue.
func CIFAR10() Normalization {
	return Normalization{Mean: []float32{0.4914, 0.4822, 0.4465}, Std: []float32{0.2470, 0.2435, 0.2616}}
}

// CIFAR100 belongs to the pixels of CIFAR-100's 50,000 training images, for red,
// green and blue.
func CIFAR100() Normalization {
	return Normalization{Mean: []float32{0.5071, 0.4865, 0.4409}, Std: []float32{0.2673, 0.2564, 0.2762}}
}

// SVHN belongs to the pixels of SVHN's 73,257 cropped training digits, for red,
// green and blue.
func SVHN() Normalization {
	return Normalization{Mean: []float32{0.4377, 0.4438, 0.4728}, Std: []float32{0.1980, 0.2010, 0.1970}}
}

// ImageNet holds the numbers that networks for ImageNet are commonly trained
// with, torchvision's among them, for red, green and blue.
func ImageNet() Normalization {
	return Normalization{Mean: []float32{0.485, 0.456, 0.406}, Std: []float32{0.229, 0.224, 0.225}}
}
