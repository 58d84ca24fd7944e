package modsys

import (
	"slices"
	"strings"
)

// Facts on images: nixos/modules/installer (cd-dvd, sd-card, netboot), nixos/modules/image, nixos/modules/virtualisation/*-image.nix of
// nixpkgs; formats of nixos-generators.

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

// ImageModule returns the name of the module of nixpkgs that a path names if it makes an image of a system, else "".
func ImageModule(path string) string {
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
}

// ImageFormats are the names below system.build.images.
var ImageFormats = strings.Fields(`amazon azure cloudstack digital-ocean google-compute hyperv iso iso-installer kexec kubevirt linode lxc oci openstack
	openstack-zfs proxmox proxmox-lxc qemu qemu-efi raw raw-efi sd-card vagrant-virtualbox virtualbox vmware`)

// MakesImage reports whether a format of nixos-generators is an image: those of virtual machines share the store of the machine that runs them.
func MakesImage(format string) bool {
	return format != "" && format != "vm" && !strings.HasPrefix(format, "vm-")
}
