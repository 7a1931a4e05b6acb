using System;
using System.IO;
using Lamina.QemuHarness;

namespace Lamina.Cli.Media;

/// <summary>Where a stick's disk is to be written: a file, or, when it is asked for twice, a disk of this computer.</summary>
internal sealed class StickTarget
{
    private readonly string _path;
    private readonly BlockDevice? _device;

    private StickTarget(string path, BlockDevice? device)
    {
        _path = path;
        _device = device;
    }

    /// <summary>What will be lost, for a disk; null for a file.</summary>
    internal string? Warning => _device is null
        ? null
        : $"{_path} is a disk of {_device.Length >> 20} MiB{(_device.Model.Length != 0 ? $" ({_device.Model})" : "")}: all that is on it is overwritten now";

    /// <summary>Whether it is a disk.</summary>
    internal bool IsDevice => _device is not null;

    /// <summary>Checks what can be checked before anything long begins.</summary>
    /// <exception cref="CliException">It cannot be written, or must not be.</exception>
    internal static StickTarget Open(string path, bool force)
    {
        if (path.Length == 0)
            throw Refusal("--usb needs a file to write to");
        if (Directory.Exists(path))
            throw Refusal($"{path} is a directory: --usb needs a file to write to, for instance {Path.Combine(path, "lamina.img")}");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw Refusal($"there is no directory {folder} to write {Path.GetFileName(path)} into");
        BlockDevice? device = BlockDevice.Find(path);
        if (device is not null)
            CheckDevice(path, device, force);
        else if (folder == "/dev")
            throw Refusal($"{path} is no disk of this computer: is the stick plugged in? 'lsblk' lists the disks");
        return new StickTarget(path, device);
    }

    /// <summary>Writes the stick. A file appears when it is whole, and not before.</summary>
    /// <exception cref="CliException">It cannot be written.</exception>
    internal void Write(BootContents contents)
    {
        // Beside its place, so that it can be moved there; beside a disk there is no room for files.
        string folder = _device is null ? Path.GetDirectoryName(Path.GetFullPath(_path))! : Path.GetTempPath();
        string made = Path.Combine(folder, $".{Path.GetFileName(_path)}.{Environment.ProcessId}");
        try
        {
            UsbStick.Write(made, contents);
            if (_device is null)
                File.Move(made, _path, overwrite: true);
            else
                Copy(made, _device);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refusal($"{_path} cannot be written: {exception.Message}");
        }
        finally
        {
            File.Delete(made);
        }
    }

    private static void CheckDevice(string path, BlockDevice device, bool force)
    {
        if (device.IsPartition)
            throw Refusal($"{path} is a partition: the stick's disk has a partition table of its own and needs the whole stick");
        if (device.MountPoint is { } place)
            throw Refusal($"{path} is in use, mounted at {place}: unmount it first");
        if (!force)
            throw Refusal($"{path} is a disk of this computer, and all that is on it would be lost: write to a file and flash that, or say --force");
    }

    private void Copy(string made, BlockDevice device)
    {
        using FileStream source = File.OpenRead(made);
        if (source.Length > device.Length)
            throw Refusal($"{_path} has {device.Length >> 20} MiB, and {source.Length >> 20} MiB are needed");
        using var target = new FileStream(_path, FileMode.Open, FileAccess.Write);
        source.CopyTo(target);
        target.Flush(flushToDisk: true);
    }

    private static CliException Refusal(string message) => new(ExitCode.Usage, message);
}
