namespace HybridControl.Neural.HuggingFace;

/// <summary>Knows one <c>model_type</c> of Hugging Face configurations.</summary>
public interface IModelAdapter
{
    /// <summary>The value of <c>model_type</c>.</summary>
    string ModelType { get; }

    /// <summary>Reads a configuration.</summary>
    /// <param name="config">The configuration; keeps the findings.</param>
    AdaptedModel Adapt(ModelConfig config);
}
