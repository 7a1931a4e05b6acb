namespace Lamina.Manifests;

/// <summary>Reads a quantity as it is written in a manifest; false if it is not written so.</summary>
internal delegate bool QuantityParser(string text, out ulong quantity);
