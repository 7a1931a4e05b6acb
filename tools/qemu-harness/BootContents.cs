using System.Collections.Generic;

namespace Lamina.QemuHarness;

/// <summary>What an EFI system partition of Lamina's holds.</summary>
/// <param name="Image">The image's path on this computer; it becomes <c>\EFI\BOOT\BOOTX64.EFI</c>.</param>
/// <param name="Parameters">The boot parameters: <c>\lamina\boot.conf</c>.</param>
/// <param name="Files">The compiled manifest as <c>manifest.bin</c>, and the files that it names: in <c>\lamina\</c>.</param>
public sealed record BootContents(string Image, string Parameters, IReadOnlyList<BootFile> Files);
