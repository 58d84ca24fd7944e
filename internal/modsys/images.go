package modsys

import (
	"slices"
	"strings"
)

// Facts on images: nixos/modules/installer (cd-dvd, sd-card, netboot), nixos/modules/image, nixos/modules/virtualisation/*-image.nix of
// nixpkgs, and its nixos/lib/make-disk-image.nix and kin; formats of nixos-generators; disko's lib/make-disk-image.nix.

// imageOptions are options that only modules have which make an image of a system.
var imageOptions = [][]string{
	{"isoImage"}, {"sdImage"}, {"image", "repart"}, {"image", "baseName"}, {"image", "fileName"}, {"netboot", "storeContents"}, {"formatAttr"}, {"formatConfigs"}, {"proxmox", "qemuConf"},
	{"amazonImage"}, {"openstackImage"}, {"virtualisation", "azureImage"}, {"virtualisation", "digitalOceanImage"}, {"virtualisation", "linodeImage"},
}

// ImageOptions returns the paths of options that say that a system is made into an image: one that is defined, or has something defined below it,
// does. The disk of a virtual machine, virtualisation.diskImage, is none: it is made where the machine starts. Neither is image.modules, which
// a module common to all systems defines for those that are made into images.
func ImageOptions() [][]string { return imageOptions }

// ImageOption returns the option of ImageOptions that a path is, or lies below, with dots; "" where it is none of them.
func ImageOption(path []string) string {
	for _, o := range imageOptions {
		if len(path) >= len(o) && slices.Equal(path[:len(o)], o) {
			return strings.Join(o, ".")
		}
	}
	return ""
}

// imageModules are parts of the paths of modules of nixpkgs that make an image of a system. amazon-image.nix is none of them: machines
// import it that are built anew in place.
var imageModules = []string{
	"/installer/cd-dvd/", "/installer/sd-card/", "/installer/netboot/", "/modules/image/", "/profiles/installation-device.nix",
	"/virtualisation/azure-image.nix", "/virtualisation/digital-ocean-image.nix", "/virtualisation/google-compute-image.nix", "/virtualisation/linode-image.nix",
	"/virtualisation/oci-image.nix", "/virtualisation/proxmox-image.nix", "/virtualisation/virtualbox-image.nix", "/virtualisation/vmware-image.nix",
	"/virtualisation/hyperv-image.nix", "/virtualisation/kubevirt.nix", "/virtualisation/docker-image.nix",
}

// generatorFormats is the folder of nixos-generators with a module for each format.
const generatorFormats = "nixos-generators/formats/"

// GeneratorFormat returns the path, from the folder of inputs on, of the module of nixos-generators for a format, which its nixosModules have
// under the format's name; "" where that is none of an image, or one of machines that are built anew in place.
func GeneratorFormat(name string) string {
	if !slices.Contains(generatedFormats, name) {
		return ""
	}
	return generatorFormats + name + ".nix"
}

// GeneratorFormats are the formats of nixos-generators that are images, but for those of machines that are built anew in place.
func GeneratorFormats() []string { return generatedFormats }

var generatedFormats = strings.Fields(`azure cloudstack do docker gce hyperv install-iso install-iso-hyperv iso kexec kexec-bundle kubevirt linode openstack proxmox
	qcow qcow-efi raw raw-efi sd-aarch64 sd-aarch64-installer sd-x86_64 vagrant-virtualbox virtualbox vmware`)

// diskImages are files of nixpkgs with a function that makes an image of the system whose config it is given.
var diskImages = []string{"/nixos/lib/make-disk-image.nix", "/nixos/lib/make-single-disk-zfs-image.nix", "/nixos/lib/make-multi-disk-zfs-image.nix"}

// MakesDiskImage reports whether a path names a file of nixpkgs with a function that makes an image of the system whose config it is given.
func MakesDiskImage(path string) bool {
	return slices.ContainsFunc(diskImages, func(file string) bool { return strings.HasSuffix(path, file) })
}

// ImageModule returns the name of the module of nixpkgs, or of nixos-generators, that a path names if it makes an image of a system, else "".
func ImageModule(path string) string {
	if at := strings.Index(path, generatorFormats); at >= 0 {
		return path[at+len(generatorFormats):]
	}
	for _, m := range imageModules {
		if at := strings.Index(path, m); at >= 0 {
			return path[strings.LastIndexByte(path, '/')+1:]
		}
	}
	return ""
}

// ImageBuilds are the names below system.build that are images, or what machines are installed from.
var ImageBuilds = []string{
	"isoImage", "sdImage", "image", "netbootRamdisk", "netbootIpxeScript", "kexecTree", "kexecTarball", "kexec_tarball", "tarball", "amazonImage", "azureImage", "digitalOceanImage",
	"googleComputeImage", "linodeImage", "OCIImage", "openstackImage", "VMA", "virtualBoxOVA", "vmwareImage", "hypervImage", "kubevirtImage", "raw", "qcow", "qcow2",
	"diskoImages", "diskoImagesScript",
}

// ImageFormats are the names below system.build.images.
var ImageFormats = strings.Fields(`amazon azure cloudstack digital-ocean google-compute hyperv iso iso-installer kexec kubevirt linode lxc oci openstack
	openstack-zfs proxmox proxmox-lxc qemu qemu-efi raw raw-efi sd-card vagrant-virtualbox virtualbox vmware`)

// MakesImage reports whether a format of nixos-generators is an image: those of virtual machines share the store of the machine that runs them.
func MakesImage(format string) bool {
	return format != "" && format != "vm" && !strings.HasPrefix(format, "vm-")
}
