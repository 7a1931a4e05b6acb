namespace Lamina.Core;

/// <summary>What came of fetching and decoding the instruction at RIP.</summary>
internal enum DecodeStatus : byte
{
    /// <summary>There is an instruction.</summary>
    Decoded,
    /// <summary>The bytes could not be fetched, or not all of them: run the guest again.</summary>
    NotFetched,
    /// <summary>The bytes are no instruction that the decoder knows, or lie where there is no RAM.</summary>
    Invalid,
}
