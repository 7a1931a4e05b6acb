using System.CommandLine;
using System.IO;
using Lamina.Cli.Media;
using Lamina.Cli.Packages;
using Lamina.Cli.Running;
using Lamina.Manifests;
using Lamina.QemuHarness;

namespace Lamina.Cli.Commands;

/// <summary><c>image</c>: makes what a machine boots from.</summary>
internal static class ImageCommand
{
    internal static Command Create(Terminal terminal)
    {
        var usb = new Option<string>("--usb") { Description = "Write a disk for a USB stick, which a PC with UEFI boots from, to FILE.", HelpName = "FILE", Required = true };
        var manifest = new Option<string?>("--manifest") { Description = "The VMs to start; with none, those of --vms.", HelpName = "FILE" };
        Option<string?> vms = StandardVms.CreateOption();
        var parameters = new Option<string>("--parameters") { Description = "Boot parameters: words key=value.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var image = new Option<string?>("--image") { Description = "Take this image instead of building Lamina's.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "FILE may be a disk of this computer; all that is on it is lost." };
        var command = new Command("image", "Makes what a machine boots from: image, manifest and the files of its VMs.") { usb, manifest, vms, parameters, image, force };
        command.SetAction(parsed =>
        {
            // What the user wrote is checked before anything long begins.
            StickTarget target = StickTarget.Open(parsed.GetRequiredValue(usb), parsed.GetValue(force));
            Repository repository = Repository.Find();
            CompiledManifest? compiled = parsed.GetValue(manifest) is { } file ? ManifestCommand.Compile(terminal, file) : null;
            new PackageInstaller(terminal.Note).Require([.. DebianPackage.ForBuild, .. DebianPackage.ForStick, .. compiled is null ? DebianPackage.ForGuest : []]);
            compiled ??= ManifestCommand.Compile(terminal, StandardVms.Make(terminal, repository, parsed.GetValue(vms), isSlow: false));
            string lamina = parsed.GetValue(image) ?? BuildCommand.Build(terminal, repository).ImagePath;
            Write(terminal, target, lamina, parsed.GetRequiredValue(parameters), compiled);
            Tell(terminal, target, parsed.GetRequiredValue(usb), compiled);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Terminal terminal, StickTarget target, string image, string parameters, CompiledManifest manifest)
    {
        string directory = Directory.CreateTempSubdirectory("lamina-image-").FullName;
        try
        {
            string compiled = Path.Combine(directory, "manifest.bin");
            File.WriteAllBytes(compiled, manifest.Binary);
            if (target.Warning is { } warning)
                terminal.Note(warning);
            terminal.Step("the stick", _ =>
            {
                target.Write(new BootContents(image, parameters, ManifestCommand.Files(compiled, manifest)));
                return true;
            });
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Tell(Terminal terminal, StickTarget target, string path, CompiledManifest manifest)
    {
        string what = $"an EFI system partition with Lamina, VMs: {manifest.Vms.Count}, files: {manifest.Files.Count}";
        if (target.IsDevice)
        {
            Terminal.Result($"{path}: {what}");
            return;
        }

        Terminal.Result($"{path}: {new FileInfo(path).Length} bytes, {what}");
        terminal.Note($"It goes onto a stick, whose former contents are lost, with (lsblk tells the stick's name, here sdX):\n  sudo dd if={path} of=/dev/sdX bs=4M conv=fsync status=progress");
    }
}
