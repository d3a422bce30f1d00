using System.Collections.Immutable;
using HybridControl.Automata;

namespace HybridControl.Serialization;

/// <summary>Reads which modes may slide.</summary>
internal static class SlidingReader
{
    public static ImmutableArray<SlidingModes> Read(ReadingContext context, ObjectReader model)
    {
        const string example = "{ \"modes\": [ \"left\", \"right\" ] }";
        var groups = ImmutableArray.CreateBuilder<SlidingModes>();
        foreach ((string path, SourceNode value) in model.List("sliding", $"[ {example} ]"))
        {
            if (ObjectReader.Open(context, value, path, ModelProperties.SlidingModes, example) is { } reader)
            {
                reader.Required("modes", "\"modes\": [ \"left\", \"right\" ]");
                groups.Add(new([.. NamesIn(context, reader)]) { Pull = reader.Number("pull") ?? 1.0 });
            }
        }

        return groups.ToImmutable();
    }

    private static IEnumerable<string> NamesIn(ReadingContext context, ObjectReader reader)
    {
        foreach ((string path, SourceNode value) in reader.List("modes", "[ \"left\", \"right\" ]"))
        {
            if (value.Kind == SourceKind.Text)
            {
                yield return value.Text;
            }
            else
            {
                context.Fault(value, path, $"a name is expected, but this is {value.Describe()}", "Write the names of modes as texts.");
            }
        }
    }
}
