using System.IO;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Lamina.GuestBuilder;

/// <summary>Reads the YAML files under <c>guests/</c> that say how a guest is made.</summary>
internal static class RecipeFile
{
    /// <summary>Reads one.</summary>
    /// <exception cref="GuestBuildException">It is none of that kind, or not there; the message has the place.</exception>
    public static T Load<T>(string path)
        where T : class
    {
        try
        {
            return new DeserializerBuilder().WithNamingConvention(HyphenatedNamingConvention.Instance).Build().Deserialize<T>(File.ReadAllText(path))
                ?? throw new GuestBuildException($"{path}: is empty; a recipe is needed.");
        }
        catch (YamlException exception)
        {
            throw new GuestBuildException($"{path}:{exception.Start.Line}:{exception.Start.Column}: {exception.Message}");
        }
        catch (IOException exception)
        {
            throw new GuestBuildException($"{path} cannot be read: {exception.Message}");
        }
    }
}
