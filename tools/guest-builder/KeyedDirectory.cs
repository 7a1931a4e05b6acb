using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace Lamina.GuestBuilder;

/// <summary>
/// A made directory and the key of what it was made from, in the file <c>.key</c>. It is made again when the key is another one, and only whole:
/// whoever reads it never sees a half of it. Processes that want it at once wait for each other.
/// </summary>
internal static class KeyedDirectory
{
    private const string KeyFile = ".key";

    public static string Ensure(string directory, string key, Action<string> make)
    {
        directory = Path.GetFullPath(directory);
        if (IsMade(directory, key))
            return directory;
        using FileStream made = Lock(directory + ".lock");
        if (IsMade(directory, key))
            return directory;
        string unfinished = directory + ".unfinished";
        Remove(unfinished);
        Directory.CreateDirectory(unfinished);
        make(unfinished);
        File.WriteAllText(Path.Combine(unfinished, KeyFile), key);
        Remove(directory);
        Directory.Move(unfinished, directory);
        return directory;
    }

    /// <summary>A key over names and contents: of files, of lines such as a package's version, and of this program, which makes the rest.</summary>
    public static string KeyOf(ReadOnlySpan<string> files, ReadOnlySpan<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(typeof(KeyedDirectory).Module.ModuleVersionId.ToByteArray());
        foreach (string file in files)
        {
            byte[] content = File.ReadAllBytes(file);
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(file)} {content.Length}\n"));
            hash.AppendData(content);
        }
        foreach (string line in lines)
            hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>
    /// Holds <paramref name="file"/>, which is made with its directory, until what is returned is disposed; waits as long as another process, or another thread of this one, holds it.
    /// </summary>
    public static FileStream Lock(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file))
            {
                Thread.Sleep(100);   // another one holds it
            }
        }
    }

    /// <summary>Deletes a directory with all that is in it, if there is one.</summary>
    public static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    private static bool IsMade(string directory, string key)
    {
        string file = Path.Combine(directory, KeyFile);
        return File.Exists(file) && File.ReadAllText(file) == key;
    }
}
