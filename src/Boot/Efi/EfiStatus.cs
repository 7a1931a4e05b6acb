namespace Lamina.Boot;

/// <summary>EFI_STATUS (UEFI 2.10, appendix D): the highest bit says that it is an error.</summary>
public enum EfiStatus : ulong
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Something given is wrong.</summary>
    InvalidParameter = ErrorBit | 2,

    /// <summary>Not there.</summary>
    Unsupported = ErrorBit | 3,

    /// <summary>The buffer is too small.</summary>
    BufferTooSmall = ErrorBit | 5,

    /// <summary>A device failed.</summary>
    DeviceError = ErrorBit | 7,

    /// <summary>There is no memory left.</summary>
    OutOfResources = ErrorBit | 9,

    /// <summary>There is no such thing.</summary>
    NotFound = ErrorBit | 14,

    /// <summary>The load was given up.</summary>
    LoadError = ErrorBit | 1,

    /// <summary>The bit that all errors have.</summary>
    ErrorBit = 1UL << 63,
}
