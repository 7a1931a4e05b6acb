using System;
using System.Buffers.Binary;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// The way in by UEFI: everything that only firmware can give is fetched, then boot services end. Runs on firmware's stack, which is
/// identity-mapped, so locals can be handed to firmware; objects cannot where a device might write into them, and files go to pages of their own.
/// A problem with a file is noted in <see cref="BootInfo.Problem"/> and told once the machine is taken over, on every console at once.
/// </summary>
public unsafe ref struct EfiLoader
{
    private const int MaximumPath = 128;
    private const ulong MaximumFileSize = 4UL << 30;

    // The map may grow by the very allocation that makes room for it.
    private const ulong SpareDescriptors = 16;
    private const int ExitAttempts = 8;

    private readonly nint _image;
    private readonly EfiSystemTable* _system;
    private readonly EfiBootServices* _services;
    private readonly BootInfo _info;

    /// <summary>Prepares the loader.</summary>
    /// <param name="image">Our handle.</param>
    /// <param name="system">Firmware's table.</param>
    /// <param name="info">What is filled.</param>
    public EfiLoader(nint image, EfiSystemTable* system, BootInfo info)
    {
        _image = image;
        _system = system;
        _services = system->BootServices;
        _info = info;
    }

    /// <summary>Fills the boot information and ends boot services.</summary>
    /// <returns>
    /// An error when firmware could not be left, which has been told on its console: return it to firmware. On success nothing of firmware's may be
    /// called any more, and interrupts must stay off until the machine is taken over.
    /// </returns>
    public EfiStatus Load()
    {
        _info.Way = BootWay.Uefi;
        _services->SetWatchdogTimer(0, 0, 0, null);
        FindScreen();
        FindAcpi();
        EfiStatus status = LoadFiles();
        if (status != EfiStatus.Success)
            return Tell("Lamina: firmware gives no access to the device that it was loaded from\r\n", status);
        TellWhereNoScreenIs();
        return LeaveFirmware();
    }

    // Without a framebuffer there is nothing to write on once firmware is left: what is known to be wrong is told on its own console.
    private void TellWhereNoScreenIs()
    {
        if (_info.Problem.Length == 0 || _info.Framebuffer.Format != PixelFormat.None)
            return;
        Tell("Lamina: ", EfiStatus.Success);
        Tell(_info.Problem, EfiStatus.Success);
        Tell("\r\n", EfiStatus.Success);
    }

    private void FindScreen()
    {
        EfiGuid protocol = EfiGuid.GraphicsOutput;
        void* found;
        if (_services->LocateProtocol(&protocol, null, &found) != EfiStatus.Success)
            return;
        EfiGraphicsMode* mode = ((EfiGraphicsOutput*)found)->Mode;
        EfiGraphicsModeInformation* information = mode->Information;
        PixelFormat format = information->PixelFormat switch
        {
            EfiGraphicsModeInformation.RedGreenBlue => PixelFormat.RedGreenBlue,
            EfiGraphicsModeInformation.BlueGreenRed => PixelFormat.BlueGreenRed,
            _ => PixelFormat.None,
        };
        _info.Framebuffer = new Framebuffer(
            mode->FramebufferAddress, information->Width, information->Height, information->PixelsPerScanLine * 4, format);
    }

    private void FindAcpi()
    {
        for (ulong i = 0; i < _system->TableEntries; i++)
        {
            EfiConfigurationTable* entry = _system->ConfigurationTable + i;
            bool newer = entry->Vendor.Is(EfiGuid.Acpi20);
            if (newer || (entry->Vendor.Is(EfiGuid.Acpi10) && _info.AcpiRootPointer.IsEmpty))
                _info.SetAcpiRootPointer(new ReadOnlySpan<byte>(entry->Table, newer ? AcpiRoot.PointerSize : AcpiRoot.OldPointerSize));
        }
    }

    private EfiStatus LoadFiles()
    {
        EfiGuid protocol = EfiGuid.LoadedImage;
        void* found;
        EfiStatus status = _services->HandleProtocol(_image, &protocol, &found);
        if (status != EfiStatus.Success)
            return status;
        var image = (EfiLoadedImage*)found;

        protocol = EfiGuid.SimpleFileSystem;
        status = _services->HandleProtocol(image->DeviceHandle, &protocol, &found);
        if (status != EfiStatus.Success)
            return status;
        EfiFile* root;
        status = ((EfiSimpleFileSystem*)found)->OpenVolume((EfiSimpleFileSystem*)found, &root);
        if (status != EfiStatus.Success)
            return status;

        // No parameters, no problem: the file need not be there.
        if (TryLoad(root, "boot.conf"u8, out BootFile parameters))
            _info.SetParameters(new ReadOnlySpan<byte>((void*)parameters.Address, (int)Math.Min(parameters.Length, BootInfo.MaximumParameters)));
        if (!TryLoad(root, "manifest.bin"u8, out BootFile file) || !_info.AddFile(file))
            _info.Problem = "there is no \\lamina\\manifest.bin on the device that Lamina was loaded from";
        else
            LoadManifestFiles(root, file);
        root->Close(root);
        return EfiStatus.Success;
    }

    // A manifest that is refused here is refused again, with its reason, when the machine is taken over.
    private void LoadManifestFiles(EfiFile* root, BootFile file)
    {
        var bytes = new ReadOnlySpan<byte>((void*)file.Address, (int)Math.Min(file.Length, ManifestRules.MaxLength));
        if (BootManifest.TryRead(bytes, out BootManifest? manifest).IsError || manifest == null)
            return;
        for (int i = 0; i < manifest.FileCount; i++)
        {
            FileDescription wanted = manifest.GetFile(i);
            if (!TryLoad(root, wanted.Name, out BootFile loaded))
                _info.Problem = "a file that the manifest names is missing in \\lamina\\ on the device that Lamina was loaded from";
            else if (!_info.AddFile(loaded))
                _info.Problem = "the manifest names more files than Lamina takes";
            if (_info.Problem.Length != 0)
                return;
        }
    }

    // Reads \lamina\NAME into pages of its own.
    private bool TryLoad(EfiFile* root, ReadOnlySpan<byte> name, out BootFile loaded)
    {
        loaded = default;
        char* path = stackalloc char[MaximumPath];
        const string directory = "\\lamina\\";
        if (name.Length + directory.Length >= MaximumPath)
            return false;
        for (int i = 0; i < directory.Length; i++)
            path[i] = directory[i];
        for (int i = 0; i < name.Length; i++)
            path[directory.Length + i] = (char)name[i];
        path[directory.Length + name.Length] = '\0';

        EfiFile* file;
        if (root->Open(root, &file, path, EfiFile.ModeRead, 0) != EfiStatus.Success)
            return false;
        bool done = TryRead(file, out loaded);
        file->Close(file);
        return done;
    }

    private bool TryRead(EfiFile* file, out BootFile loaded)
    {
        loaded = default;
        ulong* buffer = stackalloc ulong[(EfiFileInfo.FixedSize / sizeof(ulong)) + MaximumPath];
        ulong size = EfiFileInfo.FixedSize + (MaximumPath * sizeof(ulong));
        EfiGuid type = EfiGuid.FileInfo;
        if (file->GetInfo(file, &type, &size, buffer) != EfiStatus.Success)
            return false;
        var information = (EfiFileInfo*)buffer;
        if ((information->Attributes & EfiFileInfo.Directory) != 0 || information->FileSize > MaximumFileSize)
            return false;

        ulong length = information->FileSize;
        ulong pages = (length + MemoryPlan.PageSize) / MemoryPlan.PageSize; // a byte more, so that an empty file has a page too
        ulong address;
        if (_services->AllocatePages(EfiAllocateType.AnyPages, EfiMemoryType.LoaderData, pages, &address) != EfiStatus.Success)
            return false;
        for (ulong done = 0; done < length;)
        {
            ulong part = length - done;
            if (file->Read(file, &part, (byte*)address + done) != EfiStatus.Success || part == 0)
                return false;
            done += part;
        }

        loaded = new BootFile(address, length);
        return true;
    }

    // UEFI 2.10, 7.4.6: when the map has changed since it was read, ExitBootServices fails, and only GetMemoryMap may be called before the next try.
    private EfiStatus LeaveFirmware()
    {
        ulong size = 0, key = 0, descriptorSize = 0;
        uint version = 0;
        _services->GetMemoryMap(&size, null, &key, &descriptorSize, &version);
        ulong capacity = size + (SpareDescriptors * descriptorSize);
        ulong buffer;
        EfiStatus status = _services->AllocatePages(
            EfiAllocateType.AnyPages, EfiMemoryType.BootServicesData, (capacity / MemoryPlan.PageSize) + 1, &buffer);
        if (status != EfiStatus.Success)
            return Tell("Lamina: firmware has no memory left for its memory map\r\n", status);

        for (int attempt = 0; attempt < ExitAttempts; attempt++)
        {
            size = capacity;
            status = _services->GetMemoryMap(&size, (byte*)buffer, &key, &descriptorSize, &version);
            if (status == EfiStatus.Success)
                status = _services->ExitBootServices(_image, key);
            if (status != EfiStatus.Success)
                continue;
            Instructions.DisableInterrupts();
            if (!EfiMemoryMap.TryRead(new ReadOnlySpan<byte>((void*)buffer, (int)size), descriptorSize, _info.Memory))
                _info.Problem = "firmware's memory map has more ranges than fit, or is none";
            return EfiStatus.Success;
        }

        return Tell("Lamina: firmware does not let go of the machine (ExitBootServices fails)\r\n", status);
    }

    // The text of a literal lies in the image, which firmware can read like all else.
    private EfiStatus Tell(string text, EfiStatus status)
    {
        fixed (char* first = text)
        {
            if (_system->ConsoleOut != null)
                _system->ConsoleOut->OutputString(_system->ConsoleOut, first);
        }

        return status;
    }
}
