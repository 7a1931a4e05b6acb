using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Lamina.Core;

namespace Lamina.Manifests;

/// <summary>The files that a manifest names, each once even if it lies in several places, with the names that they travel under.</summary>
internal sealed class FileTable(string folder)
{
    private const char Replacement = '-';
    private readonly List<ManifestFile> _files = [];

    internal IReadOnlyList<ManifestFile> Files => _files;

    /// <summary>The index of a file, or what is wrong with it.</summary>
    internal (int Index, string? Error) Add(string path)
    {
        string full = Path.GetFullPath(path, folder);
        int known = _files.FindIndex(file => file.Path == full);
        if (known >= 0)
            return (known, null);
        var info = new FileInfo(full);
        if (Directory.Exists(full))
            return (-1, $"'{path}' is a directory; a file is needed");
        if (!info.Exists)
            return (-1, $"there is no file '{path}'; paths are relative to the manifest, so it was looked for at {full}");
        if (info.Length == 0)
            return (-1, $"the file '{path}' is empty");
        if (_files.Count == ManifestRules.MaxFiles)
            return (-1, $"is one file too many; at most {ManifestRules.MaxFiles} are allowed");
        try
        {
            using FileStream content = info.OpenRead();
            byte[] digest = SHA256.HashData(content);
            // Packages are made of the same files: what is alike to the last byte travels once.
            int alike = _files.FindIndex(file => file.Digest.Span.SequenceEqual(digest));
            if (alike >= 0)
                return (alike, null);
            _files.Add(new ManifestFile(NameFor(full), full, content.Position, digest));
            return (_files.Count - 1, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (-1, $"the file '{path}' cannot be read: {exception.Message}");
        }
    }

    /// <summary>A name that <see cref="ManifestRules.IsFileName"/> allows, as near to the file's own as can be, and that no file has yet.</summary>
    private string NameFor(string path)
    {
        string name = new([.. Path.GetFileName(path).ToLowerInvariant().Select(letter =>
            char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : Replacement)]);
        if (!char.IsAsciiLetterOrDigit(name[0]))
            name = "f" + name;
        string candidate = Shorten(name, "");
        for (int number = 2; !ManifestRules.IsFileName(Encoding.ASCII.GetBytes(candidate)) || _files.Any(file => file.Name == candidate); number++)
            candidate = Shorten(name, $"{Replacement}{number}");
        return candidate;
    }

    private static string Shorten(string name, string suffix) =>
        name[..Math.Min(name.Length, ManifestRules.MaxFileNameLength - suffix.Length)] + suffix;
}
