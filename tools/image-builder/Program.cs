using Lamina.ImageBuilder;

// FacadeWriter alone, until the builder is there: CORELIB OUTPUT-DIRECTORY ASSEMBLY...
foreach (string facade in FacadeWriter.Write(args[0], args[2..], args[1]))
{
    Console.WriteLine(facade);
}
