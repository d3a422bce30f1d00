using HybridControl.Automata;

namespace HybridControl.Serialization;

/// <summary>Reads what happens when events accumulate: a word, or where to go.</summary>
internal static class ZenoReader
{
    public static ZenoPolicy? Read(ReadingContext context, ObjectReader model)
    {
        if (model.Find("zeno") is not { } node)
        {
            return null;
        }

        if (node.Kind == SourceKind.Text)
        {
            return model.Choice("zeno", "throw", "stop", "continue") switch
            {
                "stop" => ZenoPolicy.Stop,
                "continue" => ZenoPolicy.Continue,
                _ => ZenoPolicy.Throw,
            };
        }

        const string example = "{ \"goTo\": \"rest\", \"reset\": { \"v\": 0 } }";
        return ObjectReader.Open(context, node, "zeno", ModelProperties.ZenoJump, example) is { } reader
            ? ZenoPolicy.GoTo(reader.RequiredText("goTo", "\"goTo\": the name of a mode") ?? "", reader.Assignments("reset"))
            : null;
    }
}
