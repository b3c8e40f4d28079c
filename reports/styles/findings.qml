<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.40.0" styleCategories="Symbology|Labeling|Fields|AttributeTable|MapTips" labelsEnabled="0" simplifyDrawingHints="1" simplifyDrawingTol="1" simplifyLocal="1" simplifyAlgorithm="0" simplifyMaxScale="1" symbologyReferenceScale="-1">
  <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0" forceraster="0" referencescale="-1">
    <rules key="{pianqu-findings}">
{%- for mark in marks %}
      <rule key="{pianqu-findings-{{ loop.index0 }}}" symbol="{{ loop.index0 }}" label="{{ mark.label }}" filter="{{ mark.filter }}"/>
{%- endfor %}
    </rules>
    <symbols>
{%- for mark in marks %}
      <symbol name="{{ loop.index0 }}" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="{{ mark.fill }}"/>
            <Option name="style" type="QString" value="{{ mark.pattern }}"/>
            <Option name="outline_color" type="QString" value="{{ mark.line }}"/>
            <Option name="outline_style" type="QString" value="{{ mark.dash }}"/>
            <Option name="outline_width" type="QString" value="0.4"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="joinstyle" type="QString" value="round"/>
          </Option>
        </layer>
        <layer class="CentroidFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="point_on_surface" type="QString" value="1"/>
            <Option name="point_on_all_parts" type="QString" value="0"/>
            <Option name="clip_points" type="QString" value="0"/>
            <Option name="clip_on_current_part_only" type="QString" value="0"/>
          </Option>
          <data_defined_properties>
            <Option type="Map">
              <Option name="name" type="QString" value=""/>
              <Option name="properties" type="Map">
                <Option name="enabled" type="Map">
                  <Option name="active" type="bool" value="true"/>
                  <Option name="expression" type="QString" value="area(@geometry) &lt; (0.003 * @map_scale) ^ 2"/>
                  <Option name="type" type="int" value="3"/>
                </Option>
              </Option>
              <Option name="type" type="QString" value="collection"/>
            </Option>
          </data_defined_properties>
          <symbol name="@{{ loop.index0 }}@1" type="marker" alpha="1" clip_to_extent="1" force_rhr="0">
            <layer class="SimpleMarker" enabled="1" locked="0" pass="0">
              <Option type="Map">
                <Option name="name" type="QString" value="{{ mark.marker }}"/>
                <Option name="color" type="QString" value="{{ mark.marker_fill }}"/>
                <Option name="outline_color" type="QString" value="{{ mark.marker_line }}"/>
                <Option name="outline_width" type="QString" value="0.35"/>
                <Option name="outline_width_unit" type="QString" value="MM"/>
                <Option name="size" type="QString" value="2.4"/>
                <Option name="size_unit" type="QString" value="MM"/>
              </Option>
            </layer>
          </symbol>
        </layer>
      </symbol>
{%- endfor %}
    </symbols>
  </renderer-v2>
{% include "fields.qml" %}
  <previewExpression>coalesce("subject_label", '') || ' ' || coalesce("message", "id")</previewExpression>
  <mapTip enabled="1">{{ tip }}</mapTip>
  <layerGeometryType>2</layerGeometryType>
</qgis>
