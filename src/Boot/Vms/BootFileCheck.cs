using System;
using System.Buffers.Binary;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Whether the files that came along are those that the manifest names: as many, as long, and with the same SHA-256. At boot, before anything in one of them is looked at. What it finds
/// wrong it tells, with the file's name; what it is at, too, as hashing takes a second for some hundred MiB.
/// </summary>
internal sealed class BootFileCheck(HostMachine host)
{
    /// <summary>Boot file 0 is the manifest itself; its own count begins behind it.</summary>
    public const int FirstFile = 1;

    // After so many bytes the log says how far it is.
    private const int Piece = 32 << 20;

    private const ulong Kibibyte = 1024;

    private readonly Sha256 _hash = new();
    private readonly byte[] _digest = new byte[FileDigest.Length];

    /// <summary>Checks all files. False when one is not what the manifest says: it has been told.</summary>
    public bool Check(BootManifest manifest, BootInfo info)
    {
        if (info.FileCount != manifest.FileCount + FirstFile)
        {
            host.Log.Error("the manifest names another number of files than came along with it: was the boot medium made whole?").End();
            return false;
        }
        // What costs nothing to find is found before anything is hashed.
        bool isGood = true;
        for (int i = 0; i < manifest.FileCount; i++) isGood &= CheckLength(manifest.GetFile(i), info.File(i + FirstFile));
        for (int i = 0; isGood && i < manifest.FileCount; i++) isGood = CheckDigest(manifest.GetFile(i), info.File(i + FirstFile));
        return isGood;
    }

    private bool CheckLength(in FileDescription wanted, BootFile file)
    {
        if (file.Length != wanted.Length)
            host.Log.Error("the file ").Text(wanted.Name).Text(" has ").Decimal(file.Length).Text(" bytes and not the ").Decimal(wanted.Length)
                .Text(" that the manifest says: was the boot medium made whole?").End();
        else if (file.Length > int.MaxValue)
            host.Log.Error("the file ").Text(wanted.Name).Text(" is over 2 GiB, more than Lamina loads").End();
        else return true;
        return false;
    }

    private bool CheckDigest(in FileDescription wanted, BootFile file)
    {
        var bytes = ManifestBootFiles.Open(host.Memory, file);
        _hash.Start();
        for (int done = 0; done < bytes.Length;)
        {
            if (done != 0) Tell(wanted, (ulong)done / Kibibyte, " KiB checked");
            int length = Math.Min(Piece, bytes.Length - done);
            _hash.Add(bytes.Slice(done, length));
            done += length;
        }
        _hash.Finish(_digest);
        if (wanted.Digest.SequenceEqual(_digest))
        {
            Tell(wanted, wanted.Length / Kibibyte, " KiB, SHA-256 as the manifest says");
            return true;
        }
        var line = host.Log.Error("the file ").Text(wanted.Name).Text(" is not what the manifest says (its SHA-256 begins with ")
            .Hex(BinaryPrimitives.ReadUInt64BigEndian(_digest), 16).Text(" and should with ").Hex(BinaryPrimitives.ReadUInt64BigEndian(wanted.Digest), 16);
        line.Text("); was the boot medium made whole, or changed?").End();
        return false;
    }

    private void Tell(in FileDescription file, ulong kibibytes, string what)
    {
        host.Log.Info("file ").Text(file.Name).Text(": ").Decimal(kibibytes).Text(what).End();
        host.Serial.Drain();
    }
}
