using System;
using System.IO;
using System.Text;

namespace Lamina.GuestBuilder;

/// <summary>
/// Writes a cpio archive in the "newc" format (Linux, Documentation/driver-api/early-userspace/buffer-format.rst). Times are 0, owners root and
/// inode numbers count up, so the same entries give the same bytes.
/// </summary>
public sealed class CpioWriter(Stream output)
{
    private const int Alignment = 4;
    private const uint DirectoryType = 0x4000;
    private const uint FileType = 0x8000;

    private uint _inode;
    private long _position;

    /// <summary>Adds a directory, mode 755. <paramref name="path"/> has no leading slash.</summary>
    public void AddDirectory(string path) => AddEntry(path, DirectoryType | 0x1ED, []);

    /// <summary>Adds a file, mode 755 or 644.</summary>
    public void AddFile(string path, ReadOnlySpan<byte> content, bool executable) =>
        AddEntry(path, FileType | (executable ? 0x1EDu : 0x1A4u), content);

    /// <summary>Writes the entry that ends the archive.</summary>
    public void Finish()
    {
        _inode = 0;
        Header("TRAILER!!!", 0, 0, 0);
    }

    private void AddEntry(string path, uint mode, ReadOnlySpan<byte> content)
    {
        Header(path, ++_inode, mode, content.Length);
        Write(content);
        Align();
    }

    private void Header(string path, uint inode, uint mode, int size)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        uint links = (mode & DirectoryType) != 0 ? 2u : 1u;
        var header = new StringBuilder("070701");
        // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
        foreach (uint field in (ReadOnlySpan<uint>)[inode, mode, 0, 0, links, 0, (uint)size, 0, 0, 0, 0, (uint)name.Length, 0])
            header.Append(field.ToString("x8", null));
        Write(Encoding.ASCII.GetBytes(header.ToString()));
        Write(name);
        Align();
    }

    private void Align() => Write(new byte[(int)(-_position & (Alignment - 1))]);

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _position += bytes.Length;
    }
}
